// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/class_evidence.hpp"

#include <doctest/doctest.h>

TEST_CASE("class evidence needs two classes and nodes in range") {
  const mll::class_evidence good{{{0, 256}}, {{1, 128}, {2, 128}}};
  CHECK_NOTHROW(mll::detail::require_class_evidence(good, 3));
  CHECK_THROWS_WITH_AS(mll::detail::require_class_evidence(good, 2), "nodes: expected nodes below 2, found 2",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(mll::detail::require_class_evidence({{{0, 256}}}, 3),
                       "nodes: expected at least 2 classes, found 1", mll::invalid_argument);
}
