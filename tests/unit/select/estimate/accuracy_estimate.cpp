// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/estimate/accuracy_estimate.hpp"

#include <doctest/doctest.h>

TEST_CASE("an estimate without a value, or with a reason why it is missing, is unknown") {
  mll::accuracy_estimate estimate;
  CHECK(!estimate.is_known());
  estimate.accuracy = 0;
  CHECK(estimate.is_known());
  estimate.insufficient = "no samples";
  CHECK(!estimate.is_known());
}
