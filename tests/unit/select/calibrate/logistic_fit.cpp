#include "mll/select/calibrate/logistic_fit.hpp"

#include <doctest/doctest.h>

#include <type_traits>

// Fits are tested through tests/unit/select/calibrate/calibration.cpp.

TEST_CASE("a calibration that was not fitted changes nothing, and the prior expects that") {
  const mll::calibration fit;
  CHECK(fit.slope == 1);
  CHECK(fit.intercept == 0);
  CHECK(static_cast<double>(fit.slope) == mll::calibration_prior{}.slope);
  CHECK(std::is_trivially_copyable_v<mll::calibration>);  // devices send arrays of them
}
