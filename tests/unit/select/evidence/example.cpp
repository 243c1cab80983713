#include "mll/select/evidence/example.hpp"

#include <doctest/doctest.h>

#include <type_traits>

// Which rows a task has is tested through tests/unit/select/evidence/task_evidence.cpp.

TEST_CASE("a row is an example of no class until it is told which, and counts for nothing") {
  const mll::example row;
  CHECK_FALSE(row.target.valid());
  CHECK(row.weight == 0);
  CHECK(std::is_trivially_copyable_v<mll::example>);  // devices are sent arrays of them
}
