// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/calibration.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/numerics.hpp"
#include "support/planted_labels.hpp"

namespace {

struct example {
  Eigen::ArrayXf log_odds;
  std::vector<mll::example> rows;
};

// Rows of classes 0, 1, ... with `counts` samples each; weights sum to 1 per class.
std::vector<mll::example> rows_of(const std::vector<std::size_t>& counts) {
  std::vector<mll::example> out;
  for (std::size_t y = 0; y < counts.size(); ++y) {
    for (std::size_t i = 0; i < counts[y]; ++i)
      out.push_back({out.size(), mll::class_id{y}, 1.0F / static_cast<float>(counts[y])});
  }
  return out;
}

// A head that separates class 0 by `strength`.
example noisy(const std::vector<std::size_t>& counts, double strength, double bias, double noise,
              std::uint64_t seed) {
  mll::random_engine engine{seed};
  boost::random::normal_distribution<double> normal;
  example out{{}, rows_of(counts)};
  out.log_odds.resize(static_cast<Eigen::Index>(out.rows.size()));
  for (std::size_t i = 0; i < out.rows.size(); ++i) {
    const double side = out.rows[i].target == mll::class_id{0} ? 1 : -1;
    out.log_odds[static_cast<Eigen::Index>(i)] =
        static_cast<float>(std::clamp(bias + strength * side + noise * normal(engine), -12.0, 12.0));
  }
  return out;
}

// The documented objective in double: class-balanced one-vs-rest log-loss plus the prior.
double balanced_loss(const example& given, double slope, double intercept) {
  double classes = 0;  // other classes that have samples
  std::vector<bool> seen(100, false);
  for (const auto& row : given.rows) {
    if (row.target == mll::class_id{0} || seen[row.target.index()]) continue;
    seen[row.target.index()] = true;
    ++classes;
  }
  double out = 0;
  for (std::size_t i = 0; i < given.rows.size(); ++i) {
    const auto& row = given.rows[i];
    const bool own = row.target == mll::class_id{0};
    const double score =
        slope * static_cast<double>(given.log_odds[static_cast<Eigen::Index>(i)]) + intercept;
    const double share = static_cast<double>(row.weight) * (own ? 0.5 : 0.5 / classes);
    out += share * mll::numerics::softplus(own ? -score : score);
  }
  return out;
}

double objective(const example& given, const mll::calibration_prior& prior, double slope, double intercept) {
  double positives = 0;
  for (const auto& row : given.rows) positives += row.target == mll::class_id{0} ? 1 : 0;
  const double samples = 2 * std::min(positives, static_cast<double>(given.rows.size()) - positives);
  return balanced_loss(given, slope, intercept) +
         0.5 *
             (prior.slope_precision * (slope - prior.slope) * (slope - prior.slope) +
              prior.intercept_precision * intercept * intercept) /
             samples;
}

mll::calibration fit(const example& given, const mll::calibration_prior& prior = {}) {
  const std::span responses{given.log_odds.data(), given.rows.size()};
  return mll::calibrate(responses, given.rows, mll::class_id{0}, prior);
}

void check_optimal(const example& given, const mll::calibration_prior& prior = {}) {
  const mll::calibration found = fit(given, prior);
  REQUIRE(std::isfinite(found.slope));
  REQUIRE(std::isfinite(found.intercept));
  const double a = static_cast<double>(found.slope);
  const double b = static_cast<double>(found.intercept);
  constexpr double h = 1e-4;
  const double by_slope = (objective(given, prior, a + h, b) - objective(given, prior, a - h, b)) / (2 * h);
  const double by_intercept =
      (objective(given, prior, a, b + h) - objective(given, prior, a, b - h)) / (2 * h);
  CHECK(std::abs(by_slope) < 2e-3);
  CHECK(std::abs(by_intercept) < 2e-3);
  CHECK(static_cast<double>(found.loss) == doctest::Approx(balanced_loss(given, a, b)).epsilon(1e-4));
}

}  // namespace

TEST_CASE("calibrate finds the root of the gradient of its objective") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    check_optimal(noisy({9, 4, 17}, 0.3 * static_cast<double>(seed) - 0.9, 1.5, 2, seed));
    check_optimal(noisy({3, 50, 2, 20}, 1, -6, 0.5, seed));
    check_optimal(noisy({20, 20}, 1, 0, 3, seed),
                  {.slope = 0.5, .slope_precision = 10, .intercept_precision = 2});
  }
}

TEST_CASE("calibrate stays finite and optimal for heads without noise") {
  const auto rows = rows_of({4, 3, 3});
  const auto with = [&](float own, float other) {
    example out{Eigen::ArrayXf::Constant(10, other), rows};
    out.log_odds.head(4).setConstant(own);
    return out;
  };
  SUBCASE("separable") {
    check_optimal(with(2, -2));
  }
  SUBCASE("certain and correct") {
    check_optimal(with(12, -12));
    CHECK(fit(with(12, -12)).loss < 0.01F);
  }
  SUBCASE("certain and wrong") {
    check_optimal(with(-12, 12));
    CHECK(fit(with(-12, 12)).slope < 0);
  }
  SUBCASE("constant") {
    for (const float value : {-12.0F, 0.0F, 3.0F, 12.0F}) {
      check_optimal(with(value, value));
      CHECK(fit(with(value, value)).loss == doctest::Approx(std::log(2.0)).epsilon(2e-3));
    }
  }
  SUBCASE("one certain error") {
    example given = with(12, -12);
    given.log_odds[0] = -12;
    check_optimal(given);
  }
}

TEST_CASE("calibrate recovers a planted slope from many samples") {
  // Two normal distributions of equal variance: the log-odds of the class are 2 strength / noise^2 (s -
  // bias).
  const double strength = 1.5;
  const double noise = 2;
  const double bias = -0.75;
  const auto found = fit(noisy({20000, 10000, 10000}, strength, bias, noise, 5));
  const double slope = 2 * strength / (noise * noise);
  CHECK(found.slope == doctest::Approx(slope).epsilon(0.05));
  CHECK(found.intercept == doctest::Approx(-slope * bias).epsilon(0.1));
}

TEST_CASE("calibrate weights classes, not samples") {
  example once = noisy({6, 8, 5}, 1, 0.5, 1, 6);
  // Every negative three times, with a third of its weight.
  example thrice;
  std::vector<float> answers;
  for (std::size_t i = 0; i < once.rows.size(); ++i) {
    auto row = once.rows[i];
    const bool own = row.target == mll::class_id{0};
    if (!own) row.weight /= 3;
    for (int copy = 0; copy < (own ? 1 : 3); ++copy) {
      thrice.rows.push_back(row);
      answers.push_back(once.log_odds[static_cast<Eigen::Index>(i)]);
    }
  }
  thrice.log_odds = Eigen::Map<Eigen::ArrayXf>(answers.data(), static_cast<Eigen::Index>(answers.size()));
  const auto a = fit(once);
  const auto b = fit(thrice);
  CHECK(a.slope == doctest::Approx(b.slope).epsilon(1e-3));
  CHECK(a.intercept == doctest::Approx(b.intercept).epsilon(1e-3));
  CHECK(a.loss == doctest::Approx(b.loss).epsilon(1e-3));
}

TEST_CASE("a stronger prior pulls the slope to its mean") {
  const example given = noisy({10, 10}, 2, 0, 1, 7);
  const double free =
      std::abs(static_cast<double>(fit(given, {.slope = 0.25, .slope_precision = 0.1}).slope) - 0.25);
  const double bound =
      std::abs(static_cast<double>(fit(given, {.slope = 0.25, .slope_precision = 10}).slope) - 0.25);
  const double fixed =
      std::abs(static_cast<double>(fit(given, {.slope = 0.25, .slope_precision = 1e6}).slope) - 0.25);
  CHECK(free > bound);
  CHECK(bound > fixed);
  CHECK(fixed < 1e-3);
}

TEST_CASE("calibrate with a single sample of the class is finite") {
  for (const float own : {-12.0F, 0.0F, 12.0F}) {
    example given{Eigen::ArrayXf::Zero(5), rows_of({1, 4})};
    given.log_odds[0] = own;
    check_optimal(given);
  }
}
