// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/source/head_index.hpp"

#include <doctest/doctest.h>

#include <cstddef>

#include "mll/core/error.hpp"

TEST_CASE("heads are numbered model by model, and found by position") {
  mll::head_index index;
  CHECK(index.model_count() == 0);
  CHECK(index.head_count() == 0);
  index.add(mll::model_id{2}, 3);
  index.add(mll::model_id{5}, 1);
  index.add(mll::model_id{6}, 2);
  CHECK(index.model_count() == 3);
  REQUIRE(index.head_count() == 6);
  CHECK(index.model(1) == mll::model_id{5});
  CHECK(index.first(1) == 3);
  CHECK(index.first(3) == 6);
  CHECK(index.width(2) == 2);
  std::size_t position = 0;
  for (std::size_t m = 0; m < 3; ++m) {
    for (std::uint32_t h = 0; h < index.width(m); ++h, ++position) {
      CHECK(index.model_of(position) == m);
      CHECK(index.head(position) == mll::head_id{index.model(m), h});
      CHECK(index.position({index.model(m), h}) == position);
    }
  }
}

TEST_CASE("an unknown head has position head_count()") {
  mll::head_index index;
  index.add(mll::model_id{2}, 3);
  index.add(mll::model_id{5}, 1);
  CHECK(index.position({mll::model_id{2}, 3}) == 4);
  CHECK(index.position({mll::model_id{3}, 0}) == 4);
  CHECK(index.position({mll::model_id{9}, 0}) == 4);
  CHECK(index.position({mll::model_id{}, 0}) == 4);
}

TEST_CASE("models must be added by increasing id") {
  mll::head_index index;
  CHECK_THROWS_WITH_AS(index.add(mll::model_id{}, 1), "model: expected a valid id, found an invalid id",
                       mll::invalid_argument);
  index.add(mll::model_id{4}, 1);
  CHECK_THROWS_WITH_AS(index.add(mll::model_id{4}, 1), "model: expected an id above 4, found 4",
                       mll::invalid_argument);
}
