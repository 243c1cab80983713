// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/responses/response_codec.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "mll/label/responses/log_odds_half.hpp"

using mll::log_odds_8bit;
using mll::log_odds_float;
using mll::log_odds_half;

namespace {

template <class Codec>
float round_trip(float p) {
  return Codec::log_odds(Codec::encode(p));
}

float exact(float p) {
  const long double wide = p;
  return static_cast<float>(std::log(wide) - std::log1p(-wide));
}

}  // namespace

TEST_CASE("all 256 codes are an even grid over the log-odds range and survive a round trip") {
  for (int code = 0; code < 256; ++code) {
    const auto value = static_cast<std::uint8_t>(code);
    const float log_odds = log_odds_8bit::log_odds(value);
    CHECK(log_odds == doctest::Approx(-12 + 24.0 * code / 255).epsilon(1e-6));
    CHECK(std::abs(log_odds) <= 12.00001F);
    CHECK(log_odds_8bit::encode(static_cast<float>(1 / (1 + std::exp(-static_cast<double>(log_odds))))) ==
          value);
  }
}

TEST_CASE("every cell of the grid extends half a step to either side") {
  const double half_step = 12.0 / 255;
  for (int code = 1; code < 255; ++code) {
    const double middle = -12 + 24.0 * code / 255;
    if (middle > 9) break;  // beyond, floats next to 1 are further apart than the grid's cells
    for (const double side : {-0.98, -0.5, 0.5, 0.98}) {
      const auto p = static_cast<float>(1 / (1 + std::exp(-(middle + side * half_step))));
      CHECK(log_odds_8bit::encode(p) == code);
    }
  }
}

TEST_CASE_TEMPLATE("the error of a codec is within its documented bound", Codec, log_odds_8bit, log_odds_half,
                   log_odds_float) {
  const float bound = std::same_as<Codec, log_odds_8bit>   ? 0.0471F
                      : std::same_as<Codec, log_odds_half> ? 0.00391F
                                                           : 1e-5F;
  float previous = -13;
  for (int i = 1; i < 20000; ++i) {
    const float p = static_cast<float>(i) / 20000;
    const float stored = round_trip<Codec>(p);
    CHECK(std::abs(stored - exact(p)) <= bound);
    CHECK(stored >= previous);
    previous = stored;
  }
  for (const float p : {1e-5F, 1e-4F, 0.9999F}) CHECK(std::abs(round_trip<Codec>(p) - exact(p)) <= bound);
}

TEST_CASE_TEMPLATE("certainty is finite", Codec, log_odds_8bit, log_odds_half, log_odds_float) {
  CHECK(round_trip<Codec>(0) == doctest::Approx(-12));
  CHECK(round_trip<Codec>(1) == doctest::Approx(12));
  CHECK(round_trip<Codec>(1e-30F) == doctest::Approx(-12));
  CHECK(round_trip<Codec>(std::numeric_limits<float>::denorm_min()) == doctest::Approx(-12));
  CHECK(std::abs(round_trip<Codec>(0.5F)) <= 0.0471F);
}

TEST_CASE("the table of the 8-bit codec agrees with its formula") {
  std::uint32_t wrong = 0;
  const std::uint32_t one = std::bit_cast<std::uint32_t>(1.0F);
  for (std::uint32_t bits = 0; bits <= one; bits += bits < one - 400000 ? 2999 : 1) {
    const auto p = std::bit_cast<float>(bits);
    wrong += log_odds_8bit::encode(p) != log_odds_8bit::nearest(p) ? 1 : 0;
  }
  CHECK(wrong == 0);
  for (const float p : {-0.0F, 0.5F, 1.0F, 2.0F, -1.0F, std::numeric_limits<float>::denorm_min()})
    CHECK(log_odds_8bit::encode(p) == log_odds_8bit::nearest(p));
}
