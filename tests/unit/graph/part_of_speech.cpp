#include "mll/graph/part_of_speech.hpp"

#include <doctest/doctest.h>

#include <set>

TEST_CASE("parts of speech differ") {
  using enum mll::part_of_speech;
  CHECK(std::set{noun, verb, adjective, adverb}.size() == 4);
  CHECK(mll::part_of_speech{} == noun);
}
