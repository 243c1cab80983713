// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/prediction.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/sequential.hpp"

namespace {

/// Three samples that a task of two classes with one head and a general discriminant answers.
struct three_samples {
  mll::selection chosen{.match = {.task = mll::task{{"a"}, {"b"}}, .classes = {}}};
  mll::batch_responses batch{Eigen::ArrayXXf(3, 1)};
  mll::matrix<float> probabilities{3, 2};

  three_samples() {
    chosen.ensemble.heads = {{mll::model_id{0U}, 0}};
    chosen.ensemble.votes.resize(2);
    batch.log_odds << 2, -2, 0;
    probabilities << 0.3F, 0.7F, 0.4F, 0.6F, 0.5F, 0.5F;
  }
  [[nodiscard]] std::vector<mll::prediction> operator()(const mll::answer_limits& limits) const {
    return mll::detail::predictions_of(mll::exec::sequential{}, chosen, batch, probabilities, limits);
  }
};

}  // namespace

TEST_CASE("the most probable class is predicted, the first of equals, unless it is below the threshold") {
  const three_samples f;
  const auto found = f({.probability = 0.6F});
  REQUIRE(found.size() == 3);
  CHECK(found[0].answer == mll::class_id{1U});
  CHECK(found[0].probability == 0.7F);
  CHECK(found[0].confidence == 0.7F);
  CHECK(found[0].belongs == std::nullopt);
  CHECK(found[1].answer == mll::class_id{1U});
  CHECK(found[2].answer == std::nullopt);
  CHECK(found[2].probability == 0.5F);
  CHECK(f({.probability = 0.5F})[2].answer == mll::class_id{0U});
}

TEST_CASE("the confidence takes the general discriminant of the answer into account") {
  three_samples f;
  f.batch.embeddings.resize(3, 2);
  f.batch.embeddings << 1, 0, 1, 0, 0, 1;
  auto& general = f.chosen.ensemble.general.emplace();
  general.weights = Eigen::MatrixXf{{1, -1}, {0, 2}};
  general.bias = Eigen::VectorXf::Zero(2);
  CHECK(f({})[0].confidence == 0.7F);  // without an estimate the discriminant has no weight
  f.chosen.ensemble.votes[0].push_back({.head = 0});
  f.chosen.estimate = mll::accuracy_estimate{.accuracy = 0.7};
  f.chosen.estimate->weights = {1.5, 9, 0.5};  // there is no linear correction
  f.chosen.estimate->calibrations = {1, 1, 0.5};
  const auto found = f({});
  const auto expected = [](double p, double own, double other) {
    return std::pow(p, 0.8) * std::pow(1 / (1 + std::exp(0.5 * (other - own))), 0.2);
  };
  CHECK(static_cast<double>(found[0].confidence) == doctest::Approx(expected(0.7, -1, 1)));
  CHECK(static_cast<double>(found[1].confidence) == doctest::Approx(expected(0.6, -1, 1)));
  CHECK(static_cast<double>(found[2].confidence) == doctest::Approx(expected(0.5, 0, 2)));
  CHECK(found[0].probability == 0.7F);
}

TEST_CASE("a sample that does not belong to the task gets no answer") {
  three_samples f;
  CHECK_THROWS_WITH_AS(
      (void)f({.belongs = 0.5F}),
      "belongs: expected a selection that was made with a profile of the hub, found one without",
      mll::invalid_argument);
  auto& other = f.chosen.membership.emplace();  // one node of the task, two others
  other.heads = {0};
  other.weights.resize(1, 3);
  other.weights << 1, 0, -1;
  other.bias = Eigen::VectorXf{{0.5F, 0, 0}};
  other.task_nodes = 1;
  const auto found = f({.belongs = 0.5F});
  const auto expected = [](double log_odds) {
    const double x = std::log(1 / (1 + std::exp(-log_odds)) + 0.003);
    return std::exp(x + 0.5) / (std::exp(x + 0.5) + 1 + std::exp(-x));
  };
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    const double belongs = expected(static_cast<double>(f.batch.log_odds(static_cast<Eigen::Index>(i), 0)));
    CHECK(static_cast<double>(*found[i].belongs) == doctest::Approx(belongs).epsilon(1e-5));
    CHECK(found[i].answer.has_value() == (belongs >= 0.5));
  }
  CHECK(f({})[1].answer == mll::class_id{1U});
  for (const float bad : {-0.1F, 1.5F, std::numeric_limits<float>::quiet_NaN()})
    CHECK_THROWS_AS((void)f({.belongs = bad}), mll::invalid_argument);
}

TEST_CASE("scores become log-odds; the first that is not a probability is reported") {
  mll::matrix<float> scores(4, 2);
  scores << 0, 0.5F, 0, 1, 0, -0.00005F, 0, 0.9F;
  Eigen::ArrayXXf log_odds(4, 3);
  log_odds.setConstant(77);
  CHECK(mll::detail::log_odds_of_scores(scores, 1, log_odds, 2) == std::nullopt);
  CHECK(log_odds(0, 2) == doctest::Approx(0));
  CHECK(log_odds(1, 2) == mll::numerics::max_log_odds);
  CHECK(log_odds(2, 2) == -mll::numerics::max_log_odds);
  CHECK(log_odds(3, 2) == doctest::Approx(mll::numerics::logit(0.9)).epsilon(1e-5));
  CHECK((log_odds.leftCols(2) == 77).all());
  for (const float bad : {1.2F, -0.1F, std::numeric_limits<float>::quiet_NaN()}) {
    scores(2, 1) = bad;
    scores(3, 1) = 7;
    CHECK(mll::detail::log_odds_of_scores(scores, 1, log_odds, 2) == 2);
  }
}
