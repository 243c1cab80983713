#include "mll/core/detail/number_text.hpp"

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("number_text writes the fewest digits, and names what is not a number") {
  using mll::detail::number_text;
  CHECK(number_text(2) == "2");
  CHECK(number_text(-0.1F) == "-0.1");
  CHECK(number_text(std::numeric_limits<float>::quiet_NaN()) == "NaN");
  CHECK(number_text(-std::numeric_limits<float>::quiet_NaN()) == "NaN");
  CHECK(number_text(std::numeric_limits<float>::infinity()) == "infinity");
  CHECK(number_text(-std::numeric_limits<float>::infinity()) == "-infinity");
}
