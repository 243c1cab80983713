#include "mll/match/visible_domains.hpp"

#include <doctest/doctest.h>

TEST_CASE("things are likelier than deeds, and what is eaten than what grows") {
  const auto preference = mll::visible_domains();
  constexpr int act = 4, animal = 5, artifact = 6, food = 13, plant = 20, person = 18, time = 28;
  CHECK(preference[artifact] == 0);
  CHECK(preference[animal] > preference[person]);
  CHECK(preference[food] > preference[plant]);
  CHECK(preference[plant] > preference[act]);
  CHECK(preference[time] == preference[act]);
  CHECK(preference[0] == 0);
}
