// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/head_pool.hpp"

#include <doctest/doctest.h>

// Searches of pools are tested in tests/unit/select/combine/greedy_search.cpp and
// tests/unit/select/combine/detail/coded_scores.cpp.

TEST_CASE("head_pool defaults to 3 heads per class, its candidates to the identity calibration") {
  const mll::head_pool pool;
  CHECK(pool.heads_per_class == 3);
  CHECK(pool.candidates.empty());
  const mll::head_pool::candidate head;
  CHECK(head.slope == 1);
  CHECK(head.intercept == 0);
}
