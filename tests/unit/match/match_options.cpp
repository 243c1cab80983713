// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/match_options.hpp"

#include <doctest/doctest.h>

TEST_CASE("by default, match_options prefers visible things and borrows samples") {
  const mll::match_options options;
  CHECK(options.domain_preference == mll::visible_domains());
  CHECK(options.neighbours > 0);
  CHECK(options.neighbour_discount > 0);
  CHECK(options.neighbour_discount <= 1);
  CHECK(options.content == nullptr);
}

TEST_CASE("visible_domains prefers things to acts, and food to plants") {
  const auto preference = mll::visible_domains();
  constexpr int act = 4, animal = 5, artifact = 6, food = 13, plant = 20, person = 18, time = 28;
  CHECK(preference[artifact] == 0);
  CHECK(preference[animal] > preference[person]);
  CHECK(preference[food] > preference[plant]);
  CHECK(preference[plant] > preference[act]);
  CHECK(preference[time] == preference[act]);
  CHECK(preference[0] == 0);
}
