// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/response_histogram.hpp"

#include <doctest/doctest.h>

#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/select/calibrate/calibration.hpp"

namespace {

using histogram = mll::response_histogram<>;

struct coded_example {
  std::vector<std::uint8_t> codes;
  std::vector<mll::example> rows;  // of `classes` classes of equal size
  std::size_t classes = 4;
};

coded_example noisy_codes(double strength, std::size_t per_class, std::uint64_t seed) {
  mll::random_engine engine{seed};
  boost::random::normal_distribution<double> normal;
  coded_example out;
  for (std::size_t i = 0; i < out.classes * per_class; ++i) {
    const std::size_t label = i / per_class;
    const double x = (label == 0 ? strength : -strength) - 2 + 1.5 * normal(engine);
    out.codes.push_back(mll::log_odds_8bit::encode(static_cast<float>(1 / (1 + std::exp(-x)))));
    out.rows.push_back({i, mll::class_id{label}, 1.0F / static_cast<float>(per_class)});
  }
  return out;
}

mll::calibration from_samples(const coded_example& given) {
  std::vector<float> answers;
  for (const std::uint8_t code : given.codes) answers.push_back(mll::log_odds_8bit::log_odds(code));
  return mll::calibrate(answers, given.rows, mll::class_id{0});
}

}  // namespace

TEST_CASE("calibration from histograms agrees with calibration from samples") {
  for (const double strength : {0.0, 0.3, 1.0, 3.0, 6.0}) {
    for (const std::size_t per_class : {5U, 50U, 400U}) {
      const coded_example given = noisy_codes(strength, per_class, 7 + per_class);
      histogram own;
      histogram rest;
      const std::span<const std::uint8_t> codes{given.codes};
      own.add(codes.first(per_class), given.rows[0].weight);
      rest.add(codes.subspan(per_class), given.rows[0].weight);
      const auto found = mll::calibrate(own, rest, 2 * static_cast<double>(per_class));
      const auto expected = from_samples(given);
      CHECK(found.slope == doctest::Approx(expected.slope).epsilon(1e-3));
      CHECK(found.intercept == doctest::Approx(expected.intercept).epsilon(1e-3));
      CHECK(found.loss == doctest::Approx(expected.loss).epsilon(1e-3));
    }
  }
}

TEST_CASE("histograms can be added and subtracted") {
  const coded_example given = noisy_codes(1, 33, 3);
  const std::span<const std::uint8_t> codes{given.codes};
  histogram whole;
  whole.add(codes, 0.25F);
  histogram first;
  first.add(codes.first(41), 0.25F);
  histogram second;
  second.add(codes.subspan(41), 0.25F);
  histogram sum = first;
  sum += second;
  CHECK(sum.weights() == whole.weights());  // quarters are exact
  whole -= second;
  CHECK(whole.weights() == first.weights());
  const auto weights = first.weights();
  CHECK(std::accumulate(weights.begin(), weights.end(), 0.0F) == 0.25F * 41);
}

TEST_CASE("subtraction does not round below 0") {
  histogram whole;
  histogram part;
  const std::vector<std::uint8_t> codes(1000, 17);
  for (int i = 0; i < 10; ++i) whole.add(std::span{codes}.first(100), 0.1F);
  part.add(codes, 0.1001F);
  whole -= part;
  for (const float weight : whole.weights()) CHECK(weight >= 0);
}

TEST_CASE("log_odds of a histogram are those of its codec") {
  for (std::size_t code = 0; code < 256; ++code)
    CHECK(histogram::log_odds()[code] == mll::log_odds_8bit::log_odds(static_cast<std::uint8_t>(code)));
}
