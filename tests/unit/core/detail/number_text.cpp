// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/number_text.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <limits>
#include <string>

TEST_CASE("number_text writes the fewest digits, and names what is not a number") {
  using mll::detail::number_text;
  CHECK(number_text(2.0F) == "2");
  CHECK(number_text(2e6) == "2e+06");
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(-0.1F) == "-0.1");
  CHECK(number_text(std::numeric_limits<float>::quiet_NaN()) == "NaN");
  CHECK(number_text(-std::numeric_limits<float>::quiet_NaN()) == "NaN");
  CHECK(number_text(std::numeric_limits<float>::infinity()) == "infinity");
  CHECK(number_text(-std::numeric_limits<float>::infinity()) == "-infinity");
}

TEST_CASE("number_text does not depend on the C locale") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "C.UTF-8", ""}) {
    if (std::setlocale(LC_ALL, name) != nullptr) CHECK(mll::detail::number_text(1234.5) == "1234.5");
  }
  std::setlocale(LC_ALL, before.c_str());
}
