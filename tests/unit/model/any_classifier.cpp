// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/any_classifier.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <span>
#include <string>

#include "support/label_fixture.hpp"

using mll::any_classifier;
using mll::test::hash_model;

static_assert(std::convertible_to<hash_model, any_classifier<int>>);
static_assert(!std::convertible_to<hash_model, any_classifier<std::string>>, "other samples");
static_assert(!std::convertible_to<int, any_classifier<int>>);

TEST_CASE("the handle predicts like the model") {
  const hash_model model{5, 2};
  const any_classifier<int> any = model;
  CHECK(any.head_count() == 2);
  CHECK(any.head_name(1) == "m5h1");
  mll::matrix<float> scores(2, 2);
  const int batch[] = {7, 9};
  any.predict(batch, scores);
  CHECK(scores(0, 1) == model.score(7, 1));
  CHECK(scores(1, 0) == model.score(9, 0));
}

TEST_CASE("copies share the model and outlive the original") {
  any_classifier<int> second = [] {
    const any_classifier<int> first = hash_model{3, 4};
    return any_classifier<int>{first};
  }();
  CHECK(second.head_count() == 4);
  const any_classifier<int> third = second;
  CHECK(third.get_if<hash_model>() == second.get_if<hash_model>());
  second = hash_model{1, 1};
  CHECK(second.head_count() == 1);
  CHECK(third.head_count() == 4);
}

TEST_CASE("get_if returns the held model by its own type only") {
  struct other : hash_model {};
  const any_classifier<int> any = hash_model{8};
  REQUIRE(any.get_if<hash_model>() != nullptr);
  CHECK(any.get_if<hash_model>()->seed == 8);
  CHECK(any.get_if<other>() == nullptr);
}
