// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/selection_archetypes.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "mll/select/baselines/top_heads.hpp"
#include "mll/select/combine/exhaustive_search.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/select.hpp"
#include "support/planted_labels.hpp"

using namespace mll::testing;  // the archetypes are what this file is about

static_assert(!std::is_copy_constructible_v<source_archetype>, "sources are never copied");
static_assert(!std::is_default_constructible_v<search_archetype>);
static_assert(!std::is_default_constructible_v<method_archetype>);

namespace {

const auto planted = mll::test::plant({9, 14, 6}, mll::test::mixed_hub(3, 4, 3, 1.2), 271);

}  // namespace

TEST_CASE("selection and its estimate require no more of a source and a method than the concepts say") {
  const source_archetype source{3, 10};
  const auto match = mll::test::planted_match(std::vector<std::size_t>{10, 10, 10});
  const auto chosen = mll::select(backend_archetype{0}, source, match,
                                  mll::select_options<method_archetype>{.method = method_archetype{0}});
  CHECK(chosen.method == "archetype");
  CHECK(chosen.ensemble.heads.size() == 1);
  CHECK(chosen.reasons.size() == 3);
  REQUIRE(chosen.estimate.has_value());
  CHECK(chosen.estimate->per_class.size() == 3);
}

TEST_CASE("the best heads per class require no more of a criterion than the concept says") {
  const source_archetype source{3, 10};
  const auto match = mll::test::planted_match(std::vector<std::size_t>{10, 10, 10});
  const mll::top_heads<criterion_archetype> method{1};
  const auto fitted = method(backend_archetype{0}, mll::task_evidence{source, match});
  REQUIRE(fitted.votes.size() == 3);
  for (const auto& votes : fitted.votes) CHECK(fitted.heads[votes.front().head].index == 0);
}

TEST_CASE("CHCO requires no more of a source than the concept says") {
  const source_archetype source{3, 10};
  const auto match = mll::test::planted_match(std::vector<std::size_t>{10, 10, 10});
  const auto chosen = mll::select(backend_archetype{0}, source, match);
  REQUIRE(chosen.reasons.size() == 3);
  for (std::size_t y = 0; y < 3; ++y) CHECK(chosen.reasons[y].name == "head " + std::to_string(y));
  CHECK(chosen.estimate->accuracy == 1);
}

TEST_CASE("searches require no more of an objective than the concept says") {
  const std::vector<std::uint8_t> undecided{128, 128};
  const std::vector<std::uint8_t> first{150, 100};
  const std::vector<std::uint8_t> second{100, 150};
  const std::vector<mll::example> rows{{0, mll::class_id{0}, 1}, {1, mll::class_id{1}, 1}};
  mll::head_pool pool;
  pool.heads_per_class = 1;
  pool.rows = rows;
  pool.candidates = {{{undecided.data()}, {first.data()}}, {{undecided.data()}, {second.data()}}};
  for (const auto& picks : {mll::greedy_search{}(backend_archetype{0}, pool, objective_archetype{}),
                            mll::exhaustive_search{}(backend_archetype{0}, pool, objective_archetype{})}) {
    REQUIRE(picks.size() == 2);
    CHECK(picks[0].front().candidate == 1);
    CHECK(picks[1].front().candidate == 1);
  }
}

TEST_CASE("CHCO requires no more of its search and objective than the concepts say") {
  const mll::chco<objective_archetype, search_archetype> method{.search = search_archetype{0}};
  const auto chosen = mll::select(
      backend_archetype{0}, planted.labels(), planted.match,
      mll::select_options<mll::chco<objective_archetype, search_archetype>>{.method = method, .folds = 0});
  REQUIRE(chosen.ensemble.votes.size() == 3);
  for (const auto& votes : chosen.ensemble.votes) CHECK(votes.size() == 1);
}
