#include "mll/select/class_source.hpp"

#include <doctest/doctest.h>

TEST_CASE("classes of a task: at least two, of nodes that there are") {
  const mll::class_sources good{{{0, 256}}, {{1, 128}, {2, 128}}};
  CHECK_NOTHROW(mll::detail::require_sources(good, 3));
  CHECK_THROWS_WITH_AS(mll::detail::require_sources(good, 2), "sources: expected nodes below 2, found 2",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(mll::detail::require_sources({{{0, 256}}}, 3),
                       "sources: expected at least 2 classes, found 1", mll::invalid_argument);
}
