// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/senses/detail/class_candidates.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/graph/ancestor_table.hpp"
#include "support/small_graph.hpp"

namespace {

using mll::match_kind;

enum node : std::size_t { thing, tree, maple, maple_wood, animal, crocodile, head_part, head_chief, colour };

const mll::test::small_dag& candidate_graph() {
  static const mll::test::small_dag out = [] {
    mll::test::small_graph g(9);
    g[thing] = {"n0", {{"thing", 1, 0}}, "", 3};
    g[tree] = {"n1", {{"tree", 1, 0}}, "", 20};
    g[maple] = {"n2", {{"maple", 2, 0}}, "", 20};
    g[maple_wood] = {"n3", {{"maple", 1, 0}}, "", 27};
    g[animal] = {"n4", {{"animal", 1, 0}}, "", 5};
    g[crocodile] = {"n5", {{"crocodile", 1, 0}}, "", 5};
    g[head_part] = {"n6", {{"head", 1, 0}}, "", 8};
    g[head_chief] = {"n7", {{"chief", 1, 0}, {"head", 2, 0}}, "", 18};
    g[colour] = {"n8", {{"color", 1, 0}, {"tint", 1, 0}}, "", 7};
    for (const auto& [child, parent] : std::vector<std::pair<std::size_t, std::size_t>>{{tree, thing},
                                                                                        {maple, tree},
                                                                                        {maple_wood, thing},
                                                                                        {animal, thing},
                                                                                        {crocodile, animal},
                                                                                        {head_part, thing},
                                                                                        {head_chief, thing},
                                                                                        {colour, thing}})
      add_edge(child, parent, g);
    return mll::test::small_dag{std::move(g)};
  }();
  return out;
}

mll::detail::name_reading read(std::string_view name) {
  static const mll::ancestor_table ancestors{candidate_graph()};
  return mll::detail::read_class_name(candidate_graph(), ancestors, name);
}

std::vector<std::pair<std::size_t, match_kind>> senses(std::string_view name) {
  std::vector<std::pair<std::size_t, match_kind>> out;
  for (const auto& c : read(name).candidates) out.emplace_back(c.node.index(), c.kind);
  return out;
}

using list = std::vector<std::pair<std::size_t, match_kind>>;

}  // namespace

TEST_CASE("the first words of a name count if they name a narrower node than the last ones") {
  CHECK(senses("maple") == list{{maple_wood, match_kind::lemma}, {maple, match_kind::lemma}});
  CHECK(senses("maple_tree") == list{{maple, match_kind::apposition}});
  CHECK(senses("old maple trees") == list{{maple, match_kind::apposition}});
  CHECK(senses("crocodile tree") == list{{tree, match_kind::head_noun}});
}

TEST_CASE("the name of a part may mean the whole") {
  CHECK(senses("crocodile_head") == list{{head_part, match_kind::head_noun},
                                         {head_chief, match_kind::head_noun},
                                         {crocodile, match_kind::whole}});
  CHECK(senses("qwzx head") == list{{head_part, match_kind::head_noun}, {head_chief, match_kind::head_noun}});
}

TEST_CASE("the id of a node is a name of it") {
  CHECK(senses("n5") == list{{crocodile, match_kind::lemma}});
}

TEST_CASE("alternatives narrow a name down; the first known one counts") {
  CHECK(senses("head, chief") == list{{head_chief, match_kind::lemma}});
  CHECK(senses("chief/head") == list{{head_chief, match_kind::lemma}});
  CHECK(senses("qwzx, crocodile") == list{{crocodile, match_kind::lemma}});
  CHECK(senses("crocodile, tree") == list{{crocodile, match_kind::lemma}});
}

TEST_CASE("text in brackets is kept apart from the name") {
  const auto reading = read("maple (a tree)");
  CHECK(reading.candidates.size() == 2);
  CHECK(reading.qualifier.find("a tree") != std::string::npos);
}

TEST_CASE("a typing error gets a suggestion and no candidate") {
  const auto reading = read("crocodyle");
  CHECK(reading.candidates.empty());
  CHECK(reading.suggestions == std::vector<std::string>{"crocodile"});
  CHECK(read("class_3").suggestions.empty());
  CHECK(read("crocodile").suggestions.empty());
  CHECK(senses("colour") == list{{colour, match_kind::spelling}});
  CHECK(read("colour").suggestions.empty());
}
