// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/hub.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/label_fixture.hpp"

using mll::hub;
using mll::model_id;
using mll::test::hash_model;

TEST_CASE("ids are stable, names can change") {
  hub<int> models;
  CHECK(models.empty());
  const auto a = models.add("a", hash_model{1});
  const auto b = models.add("b", hash_model{2});
  const auto c = models.add("c", mll::any_classifier<int>{hash_model{3}});
  CHECK(models.ids() == std::vector{a, b, c});
  models.remove(b);
  CHECK(models.size() == 2);
  CHECK_FALSE(models.contains(b));
  const auto d = models.add("b", hash_model{4});  // the name is free again, the id is not
  CHECK(d != b);
  CHECK(models.ids() == std::vector{a, c, d});
  models.rename(a, "z");
  CHECK(models.name(a) == "z");
  CHECK(models.find("z") == a);
  CHECK_FALSE(models.find("a").has_value());
  models.rename(a, "z");  // its own name
  models.rename(c, "a");
  CHECK(models.find("a") == c);
  CHECK(models.model(d).head_count() == 3);
}

TEST_CASE("copies of a hub are independent") {
  hub<int> models;
  const auto a = models.add("a", hash_model{1});
  hub<int> copy = models;
  copy.remove(a);
  CHECK(models.contains(a));
  CHECK(models.add("b", hash_model{2}) == copy.add("c", hash_model{2}));
}

TEST_CASE("bad arguments are named and change nothing") {
  hub<int> models;
  const auto a = models.add("a", hash_model{1});
  const auto b = models.add("b", hash_model{1});
  CHECK_THROWS_WITH_AS(models.add("", hash_model{1}), "name: expected a model name, found an empty string",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(models.add("a", hash_model{1}), "name: expected an unused name, found 'a'",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(models.add("headless", hash_model{1, 0}),
                       "model: expected at least one head, found none in model 'headless'",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(models.rename(b, "a"), "name: expected an unused name, found 'a'",
                       mll::invalid_argument);
  CHECK_THROWS_AS(models.rename(b, ""), mll::invalid_argument);
  CHECK_THROWS_WITH_AS(models.rename(model_id{9}, "x"), "id: expected the id of a model of the hub, found 9",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(models.remove(model_id{}),
                       "id: expected the id of a model of the hub, found an invalid id",
                       mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(models.name(model_id{9})), mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(models.model(model_id{9})), mll::invalid_argument);
  CHECK(models.ids() == std::vector{a, b});
  CHECK(models.name(b) == "b");
  CHECK(models.add("c", hash_model{1}) == model_id{2});  // no id was lost
}
