// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/label_options.hpp"

#include <doctest/doctest.h>

TEST_CASE("the documented defaults") {
  const mll::label_options options;
  CHECK(options.batch_size == 256);
  CHECK_FALSE(options.observer);
  CHECK_FALSE(options.stop.stop_possible());
  CHECK(options.on_failure == mll::label_failure_policy::keep_others);
}
