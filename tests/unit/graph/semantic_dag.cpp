// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/semantic_dag.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "mll/graph/detail/cycle.hpp"
#include "support/graphs.hpp"

using mll::node_id;
using mll_test::make_dag;
using mll_test::plain_dag;

namespace {

plain_dag chain(std::size_t size) {  // 0 -> 1 -> 2 ...
  plain_dag out;
  for (std::size_t i = 0; i < size; ++i) {
    out.nodes.push_back({.id = std::string(1, static_cast<char>('a' + i)), .lemmas = {}, .gloss = {}});
    if (i > 0) out.edges.emplace_back(node_id{i - 1}, node_id{i});
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("semantic_dag has the nodes and edges of its graph", Graph, MLL_TEST_GRAPHS) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const plain_dag plain = mll_test::random_dag(5 + 3 * seed, seed % 3 == 0 ? 0.05 : 0.2, seed);
    const auto dag = make_dag<Graph>(plain);
    const std::set<std::pair<node_id, node_id>> edges(plain.edges.begin(), plain.edges.end());
    const auto up = mll_test::distances_up(plain);

    REQUIRE(dag.size() == plain.nodes.size());
    CHECK(dag.edge_count() == edges.size());
    std::vector<node_id> roots;
    std::uint32_t max_depth = 0;
    for (std::size_t i = 0; i < dag.size(); ++i) {
      const node_id v{i};
      CHECK(dag[v] == plain.nodes[i]);
      CHECK(&dag[v] == &mll::node_payload(dag.graph(), dag.vertex(v)));
      CHECK(dag.node(dag.vertex(v)) == v);
      CHECK(dag.find(plain.nodes[i].id) == v);
      std::vector<node_id> parents;
      std::vector<node_id> children;
      for (const auto& [child, parent] : edges) {
        if (child == v) parents.push_back(parent);
        if (parent == v) children.push_back(child);
      }
      CHECK(std::ranges::equal(dag.parents(v), parents));
      CHECK(std::ranges::equal(dag.children(v), children));
      if (parents.empty()) roots.push_back(v);
    }
    CHECK(std::ranges::equal(dag.roots(), roots));
    for (std::size_t i = 0; i < dag.size(); ++i) {
      std::uint32_t depth = mll_test::unreachable;
      for (const node_id root : roots) depth = std::min(depth, up[i][root.index()]);
      CHECK(dag.depth(node_id{i}) == depth);
      max_depth = std::max(max_depth, depth);
    }
    CHECK(dag.max_depth() == max_depth);

    // Parents first; at each step the lowest id among the nodes that may come next.
    std::set<node_id> placed;
    for (const node_id v : dag.topological_order()) {
      for (std::size_t i = 0; i < dag.size(); ++i) {
        const node_id u{i};
        const auto parents = dag.parents(u);
        const bool ready = !placed.contains(u) &&
                           std::ranges::all_of(parents, [&](node_id p) { return placed.contains(p); });
        if (u == v) CHECK(ready);
        if (u < v) CHECK(!ready);
      }
      placed.insert(v);
    }
    CHECK(placed.size() == dag.size());
  }
}

TEST_CASE_TEMPLATE("semantic_dag rejects a cycle and lists its nodes", Graph, MLL_TEST_GRAPHS) {
  plain_dag plain = chain(5);
  plain.edges.emplace_back(node_id{3}, node_id{1});  // d -> b
  CHECK_THROWS_WITH_AS((void)make_dag<Graph>(plain),
                       "graph: expected no cycle, found the cycle b -> c -> d -> b", mll::invalid_argument);
  plain = chain(2);
  plain.edges.emplace_back(node_id{1}, node_id{1});
  CHECK_THROWS_WITH_AS((void)make_dag<Graph>(plain), "graph: expected no cycle, found the cycle b -> b",
                       mll::invalid_argument);
}

TEST_CASE("find_cycle finds a cycle in any cyclic graph") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    plain_dag plain = mll_test::random_dag(20, 0.15, seed);
    const auto up = mll_test::distances_up(plain);
    for (std::size_t i = 0; i < 20; ++i) {
      const std::size_t j = (7 * i + seed) % 20;
      if (i == j || up[i][j] == mll_test::unreachable) continue;
      plain.edges.emplace_back(node_id{j}, node_id{i});
      const mll::node_graph parents{20, plain.edges};
      const auto cycle = mll::detail::find_cycle(parents);
      REQUIRE(cycle.size() >= 2);
      CHECK(cycle.front() == cycle.back());
      for (std::size_t k = 0; k + 1 < cycle.size(); ++k) {
        CHECK(std::ranges::count(parents[cycle[k]], cycle[k + 1]) == 1);
      }
      break;
    }
  }
}

TEST_CASE_TEMPLATE("semantic_dag rejects empty and repeated ids", Graph, MLL_TEST_GRAPHS) {
  plain_dag plain = chain(3);
  plain.nodes[2].id = "a";
  CHECK_THROWS_WITH_AS((void)make_dag<Graph>(plain), "graph: expected unique synset ids, found 'a' twice",
                       mll::invalid_argument);
  plain.nodes[2].id = "";
  CHECK_THROWS_WITH_AS((void)make_dag<Graph>(plain),
                       "graph: expected a synset id at every vertex, found an empty one at vertex 2",
                       mll::invalid_argument);
}

TEST_CASE("semantic_dag finds nodes by id") {
  const auto dag = make_dag<mll::compact_graph>(chain(3));
  CHECK(dag.at("b") == node_id{1});
  CHECK(!dag.find("z"));
  CHECK(!dag.find(""));
  CHECK_THROWS_WITH_AS((void)dag.at("z"), "synset_id: expected the id of a node of the graph, found 'z'",
                       mll::invalid_argument);
}

TEST_CASE_TEMPLATE("a copied or moved semantic_dag keeps vertices and words", Graph, MLL_TEST_GRAPHS) {
  const plain_dag plain = mll_test::random_dag(8, 0.3, 3);
  auto first = make_dag<Graph>(plain);
  const auto copy = first;
  const auto moved = std::move(first);
  for (const auto* dag : {&copy, &moved}) {
    CHECK((*dag)[node_id{7}].id == "node 7");
    REQUIRE(dag->words().senses("word 3").size() == 2);
    CHECK(dag->words().senses("word 3")[1].node == node_id{7});
  }
}

TEST_CASE("semantic_dag of an empty graph") {
  const mll::semantic_dag<> dag{mll::compact_graph{}};
  CHECK(dag.size() == 0);
  CHECK(dag.edge_count() == 0);
  CHECK(dag.roots().empty());
  CHECK(!dag.find("a"));
  CHECK(dag.words().senses("a").empty());
}

TEST_CASE("the fingerprint of a graph depends on ids, numbering and edges, and on nothing else") {
  const auto made = [](std::vector<mll::synset> nodes,
                       const std::vector<std::pair<mll::node_id, mll::node_id>>& edges) {
    return mll::make_semantic_dag(std::move(nodes), edges).fingerprint();
  };
  using id = mll::node_id;
  const auto node = [](const char* name) { return mll::synset{.id = name}; };
  const auto original = made({node("a"), node("b"), node("c")}, {{id{0}, id{2}}, {id{1}, id{2}}});
  CHECK(original != 0);
  CHECK(made({{.id = "a", .lemmas = {{.text = "word"}}, .gloss = "text"}, node("b"), node("c")},
             {{id{1}, id{2}}, {id{0}, id{2}}, {id{0}, id{2}}}) == original);
  CHECK(made({node("b"), node("a"), node("c")}, {{id{0}, id{2}}, {id{1}, id{2}}}) != original);
  CHECK(made({node("a"), node("b"), node("d")}, {{id{0}, id{2}}, {id{1}, id{2}}}) != original);
  CHECK(made({node("a"), node("b"), node("c")}, {{id{0}, id{2}}}) != original);
  CHECK(made({node("a"), node("b"), node("c")}, {{id{0}, id{2}}, {id{1}, id{0}}}) != original);
  CHECK(made({node("a"), node("b"), node("c"), node("d")}, {{id{0}, id{2}}, {id{1}, id{2}}}) != original);
}
