// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/numerics.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace numerics = mll::numerics;

namespace {

long double exact_sigmoid(long double x) {
  return 1 / (1 + std::exp(-x));
}

constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("sigmoid agrees with long double and never overflows") {
  for (double x = -40; x <= 40; x += 0.37) {
    const auto exact = exact_sigmoid(x);
    CHECK(std::abs(numerics::sigmoid(x) - exact) <= 1e-15L * exact);
    const auto exact_float = exact_sigmoid(static_cast<float>(x));
    CHECK(std::abs(numerics::sigmoid(static_cast<float>(x)) - exact_float) <= 3e-7L * exact_float);
  }
  CHECK(numerics::sigmoid(0.0) == 0.5);
  CHECK(numerics::sigmoid(1e30F) == 1);
  CHECK(numerics::sigmoid(-1e30F) == 0);
  CHECK(numerics::sigmoid(infinity) == 1);
  CHECK(numerics::sigmoid(-infinity) == 0);
}

TEST_CASE("logit agrees with long double, is clamped, and undoes sigmoid") {
  for (double p = 1e-5; p < 1; p += 0.0101) {
    const long double exact =
        std::log(static_cast<long double>(p)) - std::log1p(-static_cast<long double>(p));
    CHECK(std::abs(numerics::logit(p) - exact) <= 1e-14L);
  }
  for (double x = -11.9; x < 12; x += 0.1) {
    CHECK(numerics::logit(numerics::sigmoid(x)) == doctest::Approx(x).epsilon(1e-9));
  }
  CHECK(numerics::logit(0.0F) == -12);
  CHECK(numerics::logit(1.0F) == 12);
  CHECK(numerics::logit(1e-30F) == -12);
  CHECK(numerics::logit(std::numeric_limits<float>::denorm_min()) == -12);
  CHECK(numerics::logit(std::nextafter(1.0F, 0.0F)) == 12);
  CHECK(numerics::logit(-0.5F) == -12);
  CHECK(numerics::logit(1.5F) == 12);
  CHECK(std::isnan(numerics::logit(std::nanf(""))));
}

TEST_CASE("softplus agrees with long double and never overflows") {
  for (double x = -30; x <= 30; x += 0.37) {
    const long double exact = std::log1p(std::exp(static_cast<long double>(x)));
    CHECK(std::abs(numerics::softplus(x) - exact) <= 1e-15L * (1 + exact));
  }
  CHECK(numerics::softplus(1e30F) == 1e30F);
  CHECK(numerics::softplus(-1e30F) == 0);
}

TEST_CASE("log_sum_exp agrees with long double") {
  const std::vector<double> values{-3, 0.5, 2.25, -17, 2.25};
  long double sum = 0;
  for (const double v : values) sum += std::exp(static_cast<long double>(v));
  CHECK(numerics::log_sum_exp(std::span{values}) ==
        doctest::Approx(static_cast<double>(std::log(sum))).epsilon(1e-15));
}

TEST_CASE("log_sum_exp of infinities and large values") {
  CHECK(numerics::log_sum_exp(std::span<const float>{}) == -infinity);
  CHECK(numerics::log_sum_exp(std::span<const float>{std::array{3.5F}}) == 3.5F);
  CHECK(numerics::log_sum_exp(std::span<const float>{std::array{-infinity, -infinity}}) == -infinity);
  CHECK(numerics::log_sum_exp(std::span<const float>{std::array{-infinity, 1.0F}}) == 1.0F);
  CHECK(numerics::log_sum_exp(std::span<const float>{std::array{infinity, 1.0F}}) == infinity);
  CHECK(numerics::log_sum_exp(std::span<const float>{std::array{1e30F, 1e30F}}) == 1e30F);
  CHECK(numerics::log_sum_exp(std::span<const float>{std::array{-1e30F, -1e30F}}) == -1e30F);
}

TEST_CASE("softmax sums to 1, keeps the order and survives the extremes") {
  std::vector<float> values{1000, 999, -1000, 998.5F};
  numerics::softmax(std::span{values});
  CHECK(values[0] + values[1] + values[2] + values[3] == doctest::Approx(1).epsilon(1e-6));
  CHECK(values[1] / values[0] == doctest::Approx(std::exp(-1.0)).epsilon(1e-4));
  CHECK(values[2] == 0);
  CHECK(values[1] > values[3]);

  std::vector<float> nothing{-infinity, -infinity};
  numerics::softmax(std::span{nothing});
  CHECK(nothing == std::vector<float>{0.5F, 0.5F});

  std::vector<float> one{-7};
  numerics::softmax(std::span{one});
  CHECK(one.front() == 1);

  std::vector<float> excluded{-infinity, 2, 2};
  numerics::softmax(std::span{excluded});
  CHECK(excluded[0] == 0);
  CHECK(excluded[1] == doctest::Approx(0.5));

  std::vector<float> none;
  numerics::softmax(std::span{none});
  CHECK(none.empty());
}

TEST_CASE("NaN stays NaN in every position") {
  const float nan = std::nanf("");
  for (const std::vector<float>& scores : {std::vector<float>{nan, 1, 2},
                                           {1, nan, 2},
                                           {1, 2, nan},
                                           {nan, nan, nan},
                                           {nan, infinity},
                                           {-infinity, nan}}) {
    CHECK(std::isnan(numerics::log_sum_exp(std::span<const float>{scores})));
    std::vector<float> probabilities = scores;
    numerics::softmax(std::span{probabilities});
    for (const float p : probabilities) CHECK(std::isnan(p));
  }
  CHECK(std::isnan(numerics::sigmoid(nan)));
  CHECK(std::isnan(numerics::softplus(nan)));
}

TEST_CASE("an infinite score has no softmax") {
  for (std::vector<float> scores :
       {std::vector<float>{infinity, 0, 0}, {0, infinity, infinity}, {infinity}}) {
    numerics::softmax(std::span{scores});
    for (const float p : scores) CHECK(std::isnan(p));
  }
}
