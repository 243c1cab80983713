// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/semantic_nodes.hpp"

#include <doctest/doctest.h>
#include <boost/graph/adjacency_list.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mll/graph/hierarchy.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/semantic_dag.hpp"

namespace {

const std::vector<mll::named_edge> vehicles{{"car", "vehicle"}, {"truck", "vehicle"}, {"pickup", "truck"}};

}  // namespace

TEST_CASE("semantic_nodes is the same for graphs of different types") {
  using list = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;
  const auto compact = mll::make_semantic_dag(vehicles);
  const auto linked = mll::make_semantic_dag<list>(vehicles);
  const mll::semantic_nodes& a = compact;
  const mll::semantic_nodes& b = linked;
  CHECK(a.size() == 4);
  CHECK(a.fingerprint() == b.fingerprint());
  CHECK(mll::descendants(a, a.at("vehicle")) == mll::descendants(b, b.at("vehicle")));
  CHECK(b[b.at("pickup")].lemmas.front().text == "pickup");
}

TEST_CASE("a copy of semantic_nodes outlives its semantic_dag") {
  std::optional<mll::semantic_dag<>> dag = mll::make_semantic_dag(vehicles);
  const mll::semantic_nodes kept = *dag;
  dag.reset();
  CHECK(kept[kept.at("truck")].id == "truck");
  CHECK(kept.words().senses("pickup").size() == 1);
}
