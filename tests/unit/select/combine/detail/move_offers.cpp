#include "mll/select/combine/detail/move_offers.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace {

using mll::detail::move_offers;

std::vector<std::size_t> listed(move_offers& offers, double least) {
  std::vector<move_offers::place> found;
  offers.list(7, least, found);
  std::vector<std::size_t> out;
  for (const auto& one : found) {
    CHECK(one.y == 7);
    out.push_back(one.i);
  }
  return out;
}

}  // namespace

TEST_CASE("offers list what was not looked at and may gain enough") {
  using list = std::vector<std::size_t>;
  move_offers offers;
  CHECK(!offers.is_known());
  offers.open({{7, 1, 0}, {7, 1, 2}, {7, 1, 5}});
  CHECK(offers.is_known());
  CHECK(listed(offers, 1e9) == list{0, 1, 2});
  offers.note(0, 0.5);
  offers.note(2, 0.25);
  CHECK(listed(offers, 0.1) == list{1});
  offers.note(1, 0.5);
  CHECK(listed(offers, 0).empty());
  // Of equal ones the first is the best, in whichever order they were looked at.
  CHECK(offers.best().gain == 0.5);
  CHECK(offers.best().move.candidate == 0);

  offers.unsettle(0.125);
  CHECK(offers.best().gain < 0);
  CHECK(listed(offers, 0.7).empty());
  CHECK(listed(offers, 0.625) == list{0, 1});
  CHECK(listed(offers, 0.375) == list{0, 1, 2});
  offers.note(0, -1);
  CHECK(offers.best().gain == -1);
  CHECK(listed(offers, 0.625) == list{1});
  offers.unsettle(0.125);
  CHECK(listed(offers, 0.75) == list{1});
  CHECK(listed(offers, 0.5) == list{1, 2});
  CHECK(listed(offers, -0.875) == list{0, 1, 2});
}

TEST_CASE("a class without moves offers nothing") {
  move_offers offers;
  offers.open({});
  CHECK(offers.is_known());
  CHECK(listed(offers, -1e9).empty());
  CHECK(offers.best().gain < -1e9);
}
