// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/synset.hpp"

#include <doctest/doctest.h>

#include <set>

TEST_CASE("synsets compare by their members") {
  const mll::synset crane{.id = "n1", .lemmas = {{.text = "crane"}}, .gloss = "a bird", .domain = 5};
  CHECK(crane.lemmas[0].sense == 1);
  CHECK(crane.lemmas[0].frequency == 0);
  mll::synset other = crane;
  CHECK(other == crane);
  other.lemmas[0].frequency = 3;
  CHECK(other != crane);
  CHECK(mll::synset{}.domain == 0);
}

TEST_CASE("part_of_speech has four values, noun by default") {
  using enum mll::part_of_speech;
  CHECK(std::set{noun, verb, adjective, adverb}.size() == 4);
  CHECK(mll::part_of_speech{} == noun);
}
