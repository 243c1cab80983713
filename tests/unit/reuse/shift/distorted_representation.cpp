// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/distorted_representation.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "mll/core/error.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/testing/check_representation.hpp"
#include "support/small_graph.hpp"

TEST_CASE("a distorted representation has at most half of the samples of a node") {
  const auto graph = mll::test::make_dag(3, {});
  mll::representation_table<std::string> samples;
  samples.add(graph, "s0", {"a b", "c d", "e f", "g h", "i j"});
  samples.add(graph, "s1", {"only one"});
  samples.add(graph, "s2", {"k", "l", "m", "n", "o", "p", "q", "r", "s", "t"});
  const mll::distortion<std::string> twice{"twice", [](const std::string& text, std::uint64_t seed) {
                                             return text + text + std::to_string(seed);
                                           }};
  const mll::distorted_representation<std::string, mll::representation_table<std::string>> distorted{
      samples, twice, 3, 5};
  CHECK(distorted.nodes().size() == 2);
  CHECK(distorted.sample_count(mll::node_id{0}) == 2);
  CHECK(distorted.sample_count(mll::node_id{1}) == 0);
  CHECK(distorted.sample_count(mll::node_id{2}) == 3);
  CHECK(distorted.sample(mll::node_id{0}, 1).starts_with("c dc d"));
  CHECK(distorted.sample(mll::node_id{0}, 0) != distorted.sample(mll::node_id{0}, 1));  // another seed
  CHECK(mll::testing::check_representation(distorted).empty());
  CHECK_THROWS_AS((mll::distorted_representation<std::string, mll::representation_table<std::string>>{
                      samples, {"none", {}}, 3}),
                  mll::invalid_argument);
}
