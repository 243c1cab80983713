// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/vector_distortions.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

TEST_CASE("distortions of vectors keep their length") {
  const std::vector<float> sample{1, -2, 3, 0.5F, 7, -4, 2, 2, 1, 0, 9, -3};
  std::set<std::string> names;
  for (const auto& one : mll::vector_distortions()) {
    CAPTURE(one.name);
    CHECK(names.insert(one.name).second);
    CHECK(one.apply(sample, 7) == one.apply(sample, 7));
    CHECK(one.apply(sample, 7) != sample);
    CHECK(one.apply({}, 7).empty());
  }
  for (const auto& one : mll::vector_distortions()) CHECK(one.apply(sample, 3).size() == sample.size());
}
