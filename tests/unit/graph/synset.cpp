#include "mll/graph/synset.hpp"

#include <doctest/doctest.h>

TEST_CASE("a synset is what its members are") {
  const mll::synset crane{.id = "n1", .lemmas = {{.text = "crane"}}, .gloss = "a bird", .domain = 5};
  CHECK(crane.lemmas[0].sense == 1);
  CHECK(crane.lemmas[0].frequency == 0);
  mll::synset other = crane;
  CHECK(other == crane);
  other.lemmas[0].frequency = 3;
  CHECK(other != crane);
  CHECK(mll::synset{}.domain == 0);
}
