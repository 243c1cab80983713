// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/estimate_on_batch.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

mll::selection estimated(double accuracy, double confidence) {
  mll::selection out{.match = {mll::task{{"a"}, {"b"}}, std::vector<mll::class_match>(2)}};
  out.ensemble.votes.resize(2);
  out.estimate = mll::accuracy_estimate{.accuracy = accuracy,
                                        .low = accuracy - 0.1,
                                        .high = accuracy + 0.1,
                                        .per_class = {accuracy, accuracy},
                                        .confidence = confidence};
  return out;
}

}  // namespace

TEST_CASE("the estimate is the mean probability under the balanced assignment") {
  mll::matrix<float> sure(4, 2);
  sure << 0.8F, 0.2F, 0.7F, 0.3F, 0.1F, 0.9F, 0.4F, 0.6F;
  const auto balanced = mll::estimate_on_batch(estimated(0.75, 0.75), sure);
  CHECK(balanced.accuracy == doctest::Approx(0.75));
  CHECK(balanced.confidence == doctest::Approx(0.75));
  CHECK(balanced.low < 0.75);
  CHECK(balanced.high > 0.75);
  CHECK(balanced.level == 0.9);
  CHECK(balanced.world == mll::sample_world::batch);
  CHECK(balanced.fit == "agreement-1");
  CHECK(!balanced.caution.empty());  // four samples

  // The same confidence, but always the same answer: half of the samples must be of the other class.
  mll::matrix<float> one_sided(4, 2);
  one_sided << 0.8F, 0.2F, 0.7F, 0.3F, 0.9F, 0.1F, 0.6F, 0.4F;
  const auto found = mll::estimate_on_batch(estimated(0.75, 0.75), one_sided);
  CHECK(found.accuracy == doctest::Approx((0.8 + 0.9 + 0.3 + 0.4) / 4));
  // Unless they are known to be of the first class.
  CHECK(mll::estimate_on_batch(estimated(0.75, 0.75), one_sided, {.prior = {1, 0}}).accuracy ==
        doctest::Approx(0.75));
}

TEST_CASE("an unknown estimate stays unknown") {
  auto unknown = estimated(0.5, 0.5);
  unknown.estimate->accuracy = std::numeric_limits<double>::quiet_NaN();
  unknown.estimate->insufficient = "too few";
  const auto found = mll::estimate_on_batch(unknown, mll::matrix<float>::Constant(60, 2, 0.5F));
  CHECK(std::isnan(found.accuracy));
  CHECK(std::isnan(found.low));
  CHECK(found.insufficient == "too few");
}

TEST_CASE("where votes and general discriminant stop agreeing, the estimate falls") {
  // Two classes; the votes follow head 0, the discriminant the embedding.
  auto chosen = estimated(0.9, 0.9);
  chosen.estimate->agreement = 0.8;
  chosen.ensemble.heads = {{mll::model_id{0U}, 0}};
  chosen.ensemble.votes = {{mll::vote{.slope = 2}}, {mll::vote{.slope = -2}}};
  mll::embedding_discriminant general;
  general.weights = Eigen::MatrixXf::Zero(2, 2);
  general.weights << 1, -1, 0, 0;
  general.bias = Eigen::VectorXf::Zero(2);
  general.strength = 0.01F;
  chosen.ensemble.general = general;
  mll::batch_responses batch{Eigen::ArrayXXf(100, 1), mll::matrix<float>::Zero(100, 2)};
  for (Eigen::Index i = 0; i < 100; ++i) {
    batch.log_odds(i, 0) = i % 2 == 0 ? 1.0F : -1.0F;
    batch.embeddings(i, 0) = i % 2 == 0 ? 1.0F : -1.0F;
  }
  const auto agreeing = mll::estimate_on_batch(chosen, batch);
  for (Eigen::Index i = 0; i < 60; ++i)
    batch.embeddings(i, 0) = i % 4 < 2 ? 1.0F : -1.0F;  // half of them agree
  const auto apart = mll::estimate_on_batch(chosen, batch);
  CHECK(agreeing.accuracy > 0.95);
  CHECK(apart.accuracy < agreeing.accuracy);
  CHECK(apart.caution.empty());
  const double odds = 1 / (1 / (2 * agreeing.accuracy - 1) - 1);
  const double odds_apart = 1 / (1 / (2 * apart.accuracy - 1) - 1);
  CHECK(odds_apart / odds == doctest::Approx(0.4 / 0.8 * std::exp(0.1)).epsilon(0.05));
  const auto fitted = mll::estimate_on_batch(chosen, batch, {.fit = mll::shift_fit::of_distorted_images()});
  CHECK(fitted.fit == "distorted-images-1");
  CHECK(fitted.accuracy != apart.accuracy);
}

TEST_CASE("batches of other heads and priors that do not sum to 1 are refused") {
  auto without = estimated(0.8, 0.8);
  without.estimate.reset();
  CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(without, mll::matrix<float>(1, 2)),
                       "chosen: expected a selection with an estimate, found one without",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(estimated(0.8, 0.8), mll::matrix<float>(0, 2)),
                       "probabilities: expected at least 1 row of 2 columns, found [0, 2]",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(estimated(0.8, 0.8), mll::matrix<float>(1, 3)),
                       "probabilities: expected at least 1 row of 2 columns, found [1, 3]",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(
      (void)mll::estimate_on_batch(estimated(0.8, 0.8), mll::matrix<float>::Constant(1, 2, 0.5F),
                                   {.prior = {0.5, 0.6}}),
      "options.prior: expected 2 shares that sum to 1, found 2 that sum to 1.1", mll::invalid_argument);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 1.5F, -0.5F}) {
    mll::matrix<float> probabilities = mll::matrix<float>::Constant(2, 2, 0.5F);
    probabilities(1, 0) = bad;
    CHECK_THROWS_WITH_AS((void)mll::estimate_on_batch(estimated(0.8, 0.8), probabilities),
                         ("probabilities: expected probabilities in [0, 1], found " +
                          mll::detail::number_text(bad) + " in row 1, column 0")
                             .c_str(),
                         mll::invalid_argument);
  }
}
