#include "mll/select/evidence_row.hpp"

#include <doctest/doctest.h>

#include <type_traits>

// Which rows a task has is tested through tests/select/task_evidence.cpp.

TEST_CASE("a row is an example of no class until it is told which, and counts for nothing") {
  const mll::evidence_row row;
  CHECK_FALSE(row.label.valid());
  CHECK(row.weight == 0);
  CHECK(std::is_trivially_copyable_v<mll::evidence_row>);  // devices are sent arrays of them
}
