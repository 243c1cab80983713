// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/responses/log_odds_half.hpp"

#include <doctest/doctest.h>

// Its error and range are tested with those of the other codecs, in response_codec.cpp.
TEST_CASE("log_odds_half takes two bytes, with the precision of half floats") {
  CHECK(sizeof(mll::log_odds_half::value_type) == 2);
  // 1.5 is exact in half precision; its probability is sigmoid(1.5).
  CHECK(mll::log_odds_half::log_odds(mll::log_odds_half::encode(0.81757448F)) == doctest::Approx(1.5));
  CHECK(mll::log_odds_half::log_odds(mll::log_odds_half::encode(0.5F)) == 0.0F);
}
