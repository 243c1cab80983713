// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/estimate/detail/calibrated_weights.hpp"

#include <doctest/doctest.h>

TEST_CASE("the weight of a source is its factor over that which calibrates it alone; absent sources have 0") {
  mll::accuracy_estimate estimate;
  estimate.weights = {.votes = 3, .correction = 1, .general = 0.5};
  estimate.calibrations = {.votes = 2, .correction = 4, .general = 1};
  using weights = mll::detail::weight_by_source;
  CHECK(mll::detail::calibrated_weights(estimate, {true, true, true}) == weights{1.5, 0.25, 0.5});
  CHECK(mll::detail::calibrated_weights(estimate, {true, false, true}) == weights{1.5, 0, 0.5});
  estimate.calibrations.votes = 0;
  CHECK(mll::detail::calibrated_weights(estimate, {true, true, true}) == weights{0, 0.25, 0.5});
}

TEST_CASE(
    "the second source is the general discriminant, or the correction where the general model has little "
    "weight") {
  mll::accuracy_estimate estimate;
  estimate.weights = {.votes = 1, .correction = 1, .general = 0.5};
  CHECK(mll::detail::second_source(estimate, {true, true, true}) == 2);
  CHECK(mll::detail::second_source(estimate, {true, true, false}) == 1);
  CHECK(mll::detail::second_source(estimate, {true, false, false}) == 0);
  estimate.weights.general = 0.2;  // a tenth would be 0.22
  CHECK(mll::detail::second_source(estimate, {true, true, true}) == 1);
  CHECK(mll::detail::second_source(estimate, {true, false, true}) == 2);
}
