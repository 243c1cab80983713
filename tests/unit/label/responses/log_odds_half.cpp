#include "mll/label/responses/log_odds_half.hpp"

#include <doctest/doctest.h>

// Its error and its ends are tested with those of the other codecs, in response_codec.cpp.
TEST_CASE("log_odds_half takes two bytes and keeps what half precision can") {
  CHECK(sizeof(mll::log_odds_half::value_type) == 2);
  // 1.5 has few enough bits to come back as it is; its probability is sigmoid(1.5).
  CHECK(mll::log_odds_half::log_odds(mll::log_odds_half::encode(0.81757448F)) == doctest::Approx(1.5));
  CHECK(mll::log_odds_half::log_odds(mll::log_odds_half::encode(0.5F)) == 0.0F);
}
