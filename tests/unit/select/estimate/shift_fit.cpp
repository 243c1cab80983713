// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/estimate/shift_fit.hpp"

#include <doctest/doctest.h>

TEST_CASE("the default of shift_fit is cot, corrected by the fall of agreement alone") {
  const mll::shift_fit fit;
  CHECK(fit.coefficients[1] == 1);
  CHECK(fit.coefficients.back() == 1);
  CHECK(fit.min_fall < fit.fall);
  CHECK(fit.fall < fit.max_fall);
  const auto other = mll::shift_fit::of_distorted_images();
  CHECK(other.name != fit.name);
  CHECK(other.coefficients.back() == 0);
  CHECK(other.spread == fit.spread);
}
