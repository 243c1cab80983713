// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/text/number.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using mll::detail::parse_number;

TEST_CASE("real numbers are read in every spelling that programs write") {
  CHECK(parse_number<float>("0.7") == 0.7F);
  CHECK(parse_number<float>("+0.7") == 0.7F);
  CHECK(parse_number<float>("-.5") == -0.5F);
  CHECK(parse_number<float>("7E-1") == 0.7F);
  CHECK(parse_number<float>("0.8e+0") == 0.8F);
  CHECK(parse_number<float>("3.") == 3);
  CHECK(parse_number<double>("+1e-3") == 1e-3);
}

TEST_CASE("a number that is too small is zero, and one that is too large is rejected") {
  const std::string zeros(60, '0');
  for (const std::string& text :
       {std::string{"1E-60"}, std::string{"+1e-60"}, "0." + zeros + "1", "12" + zeros + "E-200",
        std::string{"0.001e-50"}, "0." + std::string(400, '0') + "7"}) {
    CAPTURE(text);
    REQUIRE(parse_number<float>(text));
    CHECK(*parse_number<float>(text) == 0);
  }
  REQUIRE(parse_number<float>("-1e-60"));
  CHECK(std::signbit(*parse_number<float>("-1e-60")));
  CHECK(parse_number<double>("1e-400") == 0.0);
  for (const std::string& text :
       {std::string{"1E60"}, "1" + zeros, "-1" + zeros + ".5", std::string{"1e99999999999999999999"}}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number<float>(text));
  }
  CHECK(parse_number<float>("0." + zeros + "1e61") == 1.0F);
}

TEST_CASE("whole numbers are read within their type") {
  CHECK(parse_number<std::size_t>("+12") == 12U);
  CHECK(parse_number<std::uint8_t>("255") == 255);
  CHECK_FALSE(parse_number<std::uint8_t>("256"));
  CHECK_FALSE(parse_number<std::size_t>("-1"));
}

TEST_CASE("text that is not a number as a whole is rejected") {
  for (const std::string_view text :
       {"", "+", "-", "+-1", "++1", "1x", " 1", "1 ", "0,5", "1e", "0x1", "abc"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number<float>(text));
    CHECK_FALSE(parse_number<int>(text));
  }
}
