// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/example.hpp"

#include <doctest/doctest.h>

#include <type_traits>

// The rows of a task are tested in task_evidence.cpp.

TEST_CASE("a default example has an invalid class and weight 0") {
  const mll::example row;
  CHECK_FALSE(row.target.valid());
  CHECK(row.weight == 0);
  CHECK(std::is_trivially_copyable_v<mll::example>);  // copied to devices
}
