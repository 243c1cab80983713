// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/detail/tf_idf.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string_view>
#include <vector>

TEST_CASE("tf_idf agrees with weights worked out by hand") {
  // df: the 3, dog 2, wolf 1, bites 1; N = 3
  const std::vector<std::string_view> documents{"the dog, the dog", "the dog bites", "The wolf!"};
  const mll::detail::tf_idf words{documents, 1};
  REQUIRE(words.size() == 4);
  CHECK(words.term(0) == "the");
  CHECK(words.term(1) == "dog");
  CHECK(words.term(2) == "bites");

  // "the" is in all documents and weighs nothing; "dog" alone remains of the first.
  const auto first = words(documents[0]);
  REQUIRE(first.size() == 1);
  CHECK(first[0].first == 1);
  CHECK(first[0].second == doctest::Approx(1));

  const auto mixed = words("dog wolf dog qwzx dog");
  const double dog = (1 + std::log(3.0)) * std::log(4.0 / 3.0);
  const double wolf = std::log(4.0 / 2.0);
  REQUIRE(mixed.size() == 2);
  CHECK(mixed[0].second == doctest::Approx(dog / std::hypot(dog, wolf)));
  CHECK(mixed[1].second == doctest::Approx(wolf / std::hypot(dog, wolf)));
  CHECK(words("").empty());
  CHECK(words("qwzx the").empty());

  const mll::detail::tf_idf common{documents, 2};
  CHECK(common.size() == 2);
}
