#include "mll/select/combine/head_pool.hpp"

#include <doctest/doctest.h>

// Searching it is tested through tests/unit/select/combine/greedy_search.cpp and
// tests/unit/select/combine/detail/coded_scores.cpp.

TEST_CASE("a coded pool asks for 3 heads a class unless told otherwise, and a head for no calibration") {
  const mll::head_pool pool;
  CHECK(pool.heads_per_class == 3);
  CHECK(pool.candidates.empty());
  const mll::head_pool::candidate head;
  CHECK(head.slope == 1);
  CHECK(head.intercept == 0);
}
