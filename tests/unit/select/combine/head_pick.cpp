#include "mll/select/combine/head_pick.hpp"

#include <doctest/doctest.h>

#include <type_traits>

// What searches pick is tested through tests/unit/select/combine/greedy_search.cpp and
// tests/unit/select/combine/exhaustive_search.cpp.

TEST_CASE("a pick of nothing has gained nothing") {
  const mll::head_pick pick;
  CHECK(pick.candidate == 0);
  CHECK(pick.gain == 0);
  CHECK(std::is_trivially_copyable_v<mll::head_pick>);  // devices send arrays of them
}
