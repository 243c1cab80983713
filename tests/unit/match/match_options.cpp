#include "mll/match/match_options.hpp"

#include <doctest/doctest.h>

TEST_CASE("by default senses are chosen for things that can be seen, and a class without samples borrows") {
  const mll::match_options options;
  CHECK(options.domain_preference == mll::visible_domains());
  CHECK(options.neighbours > 0);
  CHECK(options.neighbour_discount > 0);
  CHECK(options.neighbour_discount <= 1);
  CHECK(options.content == nullptr);
}
