// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/node_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/topological_sort.hpp>
#include <iterator>
#include <vector>

#include "support/graphs.hpp"

using mll::node_id;

BOOST_CONCEPT_ASSERT((boost::concepts::VertexListGraph<mll::node_graph>));
BOOST_CONCEPT_ASSERT((boost::concepts::IncidenceGraph<mll::node_graph>));
BOOST_CONCEPT_ASSERT((boost::concepts::AdjacencyGraph<mll::node_graph>));

TEST_CASE("a node_graph has each edge once, in increasing id") {
  using edge = std::pair<node_id, node_id>;
  const std::vector<edge> edges{
      {node_id{2}, node_id{1}}, {node_id{0}, node_id{2}}, {node_id{2}, node_id{0}}, {node_id{2}, node_id{1}}};
  const mll::node_graph graph{4, edges};
  CHECK(num_vertices(graph) == 4);
  CHECK(graph.edge_count() == 3);
  CHECK(std::ranges::equal(graph[node_id{2}], std::vector{node_id{0}, node_id{1}}));
  CHECK(out_degree(node_id{2}, graph) == 2);
  std::vector<edge> seen;
  for (auto [v, end] = vertices(graph); v != end; ++v) {
    for (auto [e, last] = out_edges(*v, graph); e != last; ++e) {
      CHECK(source(*e, graph) == *v);
      seen.push_back(*e);
    }
    const auto [first, last] = adjacent_vertices(*v, graph);
    CHECK(std::equal(first, last, graph[*v].begin(), graph[*v].end()));
  }
  CHECK(seen ==
        std::vector<edge>{{node_id{0}, node_id{2}}, {node_id{2}, node_id{0}}, {node_id{2}, node_id{1}}});
  CHECK(num_vertices(mll::node_graph{}) == 0);
}

TEST_CASE_TEMPLATE("algorithms of Boost.Graph run on the hierarchy", Graph, MLL_TEST_GRAPHS) {
  const auto plain = mll_test::random_dag(30, 0.1, 5);
  const auto dag = mll_test::make_dag<Graph>(plain);

  std::vector<node_id> order;  // parents first
  boost::topological_sort(dag.parent_graph(), std::back_inserter(order));
  REQUIRE(order.size() == dag.size());
  std::vector<std::size_t> place(dag.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i].index()] = i;
  for (const auto& [child, parent] : plain.edges) CHECK(place[parent.index()] < place[child.index()]);

  const auto up = mll_test::distances_up(plain);
  std::vector<std::uint32_t> distance(dag.size(), mll_test::unreachable);
  distance[29] = 0;
  boost::breadth_first_search(
      dag.parent_graph(), node_id{29},
      boost::visitor(boost::make_bfs_visitor(boost::record_distances(
          boost::make_iterator_property_map(distance.begin(), get(boost::vertex_index, dag.parent_graph())),
          boost::on_tree_edge()))));
  for (std::size_t i = 0; i < dag.size(); ++i) CHECK(distance[i] == up[29][i]);
}
