// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/general_heads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

namespace {

mll::matrix<float> noise_for(std::size_t rows, std::size_t classes, double size, std::uint64_t seed) {
  mll::random_engine engine{seed};
  mll::matrix<float> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(classes));
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = static_cast<float>(mll::test::uniform(engine, -size, size));
  return out;
}

mll::general_model_labels label_of(const mll::test::toy_general_model& general) {
  return {mll::detail::unit_rows(general.samples, "sample")};
}

// Class-balanced log-likelihood of softmax(scale * cosine), by definition.
double likelihood(const mll::matrix<float>& samples, const mll::matrix<float>& texts,
                  const std::vector<std::size_t>& counts, double scale) {
  double out = 0;
  Eigen::Index r = 0;
  for (std::size_t y = 0; y < counts.size(); ++y) {
    for (std::size_t i = 0; i < counts[y]; ++i, ++r) {
      Eigen::VectorXd scores(texts.rows());
      for (Eigen::Index c = 0; c < texts.rows(); ++c) {
        scores[c] = scale * static_cast<double>(samples.row(r).dot(texts.row(c))) /
                    static_cast<double>(samples.row(r).norm() * texts.row(c).norm());
      }
      const double total = scores.maxCoeff() + std::log((scores.array() - scores.maxCoeff()).exp().sum());
      out += (scores[static_cast<Eigen::Index>(y)] - total) / static_cast<double>(counts[y]);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("general heads respond with the log-odds of the softmax") {
  mll::matrix<float> cosines(2, 3);
  cosines << 0.5F, 0.25F, -0.5F, 0, 0, 1;
  const mll::general_heads general{mll::matrix<float>::Identity(3, 3), cosines, 4};
  CHECK(general.scale() == 4);
  CHECK(general.class_texts().isIdentity());
  for (Eigen::Index r = 0; r < 2; ++r) {
    for (Eigen::Index y = 0; y < 3; ++y) {
      double rest = 0;
      for (Eigen::Index c = 0; c < 3; ++c) {
        if (c != y) rest += std::exp(4 * static_cast<double>(cosines(r, c)));
      }
      CHECK(general.log_odds(r, y) ==
            doctest::Approx(4 * static_cast<double>(cosines(r, y)) - std::log(rest)).epsilon(1e-5));
    }
  }
}

TEST_CASE("certain general heads are clamped to the log-odds of the library") {
  mll::matrix<float> cosines(1, 2);
  cosines << 1, -1;
  const mll::general_heads general{mll::matrix<float>::Identity(2, 2), cosines, 256};
  CHECK(general.log_odds(0, 0) == mll::numerics::max_log_odds);
  CHECK(general.log_odds(0, 1) == -mll::numerics::max_log_odds);
}

TEST_CASE("make_general_heads compares by cosine, whatever the lengths") {
  const auto planted = mll::test::plant({3, 3}, {{{0}}}, 91);
  mll::matrix<float> samples(6, 2);
  samples << 3, 1, 2, 0, 5, 5, 0, 1, 0.5F, 2, 1, 3;
  mll::test::toy_general_model model{
      samples, {{"class 0", Eigen::RowVector2f{7, 0}}, {"class 1", Eigen::RowVector2f{0, 0.5F}}}};
  const auto labels = planted.labels();
  const auto general = mll::make_general_heads(model, label_of(model), labels.samples(), planted.match);
  CHECK(general.class_texts().isApprox(mll::matrix<float>::Identity(2, 2)));
  for (Eigen::Index r = 0; r < 6; ++r) {
    const double lead = std::clamp(
        static_cast<double>((samples(r, 0) - samples(r, 1)) / samples.row(r).norm() * general.scale()), -12.0,
        12.0);
    CHECK(general.log_odds(r, 0) == doctest::Approx(lead).epsilon(1e-4));
    CHECK(general.log_odds(r, 1) == doctest::Approx(-lead).epsilon(1e-4));
  }
}

TEST_CASE("make_general_heads takes the scale of greatest likelihood") {
  const std::vector<std::size_t> counts{20, 5, 11};
  const auto planted = mll::test::plant(counts, {{{0}}}, 92);
  const auto labels = planted.labels();
  bool differ = false;
  double before = 0;
  for (const double noise : {0.2, 1.0, 2.0, 4.0}) {
    const auto model = mll::test::general_model_for(planted.truth, 3, 1, noise_for(36, 3, noise, 93));
    const auto general = mll::make_general_heads(model, label_of(model), labels.samples(), planted.match);
    double best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (double scale = 1; scale <= 256; scale *= 2) {
      const double value = likelihood(model.samples, general.class_texts(), counts, scale);
      if (value > best_value) {
        best_value = value;
        best = scale;
      }
    }
    const double found =
        likelihood(model.samples, general.class_texts(), counts, static_cast<double>(general.scale()));
    CHECK(found > best_value - 1e-5);
    // Without noise all large scales are equal up to rounding.
    if (noise > 0.5) CHECK(static_cast<double>(general.scale()) == best);
    differ = differ || (before != 0 && before != best);
    before = best;
  }
  CHECK(differ);
}

TEST_CASE("a perfect general model gets a scale at which it makes no errors") {
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 94);
  const auto labels = planted.labels();
  mll::matrix<float> samples(4, 2);
  samples << 1, -1, 1, -1, -1, 1, -1, 1;
  const mll::test::toy_general_model model{
      samples, {{"class 0", Eigen::RowVector2f{1, -1}}, {"class 1", Eigen::RowVector2f{-1, 1}}}};
  const auto general = mll::make_general_heads(model, label_of(model), labels.samples(), planted.match);
  const double found =
      likelihood(samples, general.class_texts(), {2, 2}, static_cast<double>(general.scale()));
  CHECK(found > -1e-6);
  CHECK(general.scale() >= 8);
}

TEST_CASE("captions are part of the class text") {
  auto match = mll::test::planted_match(std::vector<std::size_t>{2, 2});
  match.task = mll::task{{"crane", "a tall wading bird"}, {"heron"}};
  const mll::test::toy_general_model model{mll::matrix<float>::Identity(4, 4),
                                           {{"crane: a tall wading bird", Eigen::RowVector4f{1, 0, 0, 0}},
                                            {"heron", Eigen::RowVector4f{0, 0, 1, 0}}}};
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 95);
  const auto general = mll::make_general_heads(model, label_of(model), planted.labels().samples(), match);
  CHECK(general.class_texts()(0, 0) == 1);
  CHECK(general.class_texts()(1, 2) == 1);
}

TEST_CASE("without samples of the classes the scale is 16") {
  SUBCASE("samples of other nodes only") {
    const auto planted = mll::test::plant({3, 3}, {{{0}}}, 96);
    auto match = planted.match;
    for (auto& found : match.classes) found.evidence.clear();
    const auto model = mll::test::general_model_for(planted.truth, 2, 1, noise_for(6, 2, 1, 97));
    CHECK(mll::make_general_heads(model, label_of(model), planted.labels().samples(), match).scale() == 16);
  }
  SUBCASE("no representation data at all") {
    const auto match = mll::test::planted_match(std::vector<std::size_t>{0, 0});
    const auto model = mll::test::general_model_for({}, 2, 1, mll::matrix<float>(0, 2));
    const auto general =
        mll::make_general_heads(model, mll::general_model_labels{}, mll::sample_layout{}, match);
    CHECK(general.scale() == 16);
    CHECK(general.class_texts().isIdentity());
  }
}

TEST_CASE("make_general_heads rejects texts of another dimension and embeddings that are not finite") {
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 98);
  const auto labels = planted.labels();
  mll::test::toy_general_model model =
      mll::test::general_model_for(planted.truth, 2, 1, noise_for(4, 2, 1, 99));
  const auto label = label_of(model);
  for (auto& [text, row] : model.texts) row = Eigen::RowVector3f{1, 2, 3};
  CHECK_THROWS_WITH_AS((void)mll::make_general_heads(model, label, labels.samples(), planted.match),
                       "model 'general model': expected class texts of dimension 2, as the samples; found 3",
                       mll::model_error);
  for (auto& [text, row] : model.texts) row = Eigen::RowVector2f{1, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_WITH_AS(
      (void)mll::make_general_heads(model, label, labels.samples(), planted.match),
      "model 'general model': class text 0: expected a finite embedding, found NaN or infinity",
      mll::model_error);
}
