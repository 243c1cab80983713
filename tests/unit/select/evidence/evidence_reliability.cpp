// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/evidence_reliability.hpp"

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("reliability is 1 for own samples, 0.5 for descendants, 0.1 for borrowed samples or none") {
  mll::task_match match{mll::task{{"a"}, {"b"}, {"c"}, {"d"}}, std::vector<mll::class_match>(4)};
  match.classes[0].coverage = mll::coverage::own_samples;
  match.classes[1].coverage = mll::coverage::descendant_samples;
  match.classes[2].coverage = mll::coverage::neighbour_samples;
  match.classes[3].coverage = mll::coverage::no_node;
  CHECK(mll::evidence_reliability(match) == doctest::Approx((1 + 0.5 + 0.1 + 0.1) / 4));
}
