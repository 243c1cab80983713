// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/vector_set.hpp"

#include <doctest/doctest.h>

TEST_CASE("copies of a vector_set share the numbers") {
  mll::vector_set<float> copy;
  CHECK(copy.size() == 0);
  const float* first = nullptr;
  {
    mll::matrix<float> values(2, 3);
    values << 1, 2, 3, 4, 5, 6;
    first = values.data();
    const mll::vector_set set{std::move(values)};
    copy = set;
  }
  CHECK(copy.rows().data() == first);  // taken over, not copied
  CHECK(copy.size() == 2);
  CHECK(copy.dimension() == 3);
  CHECK(copy.rows()(1, 2) == 6);
}
