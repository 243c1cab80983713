// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/logistic_fit.hpp"

#include <doctest/doctest.h>

#include <type_traits>

// Fits are tested in calibration.cpp.

TEST_CASE("a default calibration is the identity, which is the mean of the prior") {
  const mll::calibration fit;
  CHECK(fit.slope == 1);
  CHECK(fit.intercept == 0);
  CHECK(static_cast<double>(fit.slope) == mll::calibration_prior{}.slope);
  CHECK(std::is_trivially_copyable_v<mll::calibration>);  // copied from devices
}
