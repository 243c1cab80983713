// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/logit_pool.hpp"

#include <doctest/doctest.h>

#include "support/coded_pools.hpp"

TEST_CASE("logit_pool holds the decoded and calibrated responses of a head pool") {
  mll::random_engine engine{5};
  const auto pool = mll::test::random_coded_pool({4, 3}, 3, 2, engine);
  const auto expected = pool.decoded();
  const auto view = pool.view();
  const auto found = mll::logit_pool::of(view);
  CHECK(found.heads_per_class == 2);
  CHECK(found.rows.data() == view.rows.data());
  REQUIRE(found.logits.size() == 2);
  for (std::size_t y = 0; y < 2; ++y) CHECK((found.logits[y] == expected.logits[y]).all());
}
