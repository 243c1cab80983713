// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/evidence_of.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

mll::class_match speaking(const std::vector<std::pair<std::size_t, double>>& nodes) {
  mll::class_match out;
  for (const auto& [node, weight] : nodes) out.evidence.push_back({mll::node_id{node}, weight});
  return out;
}

std::vector<std::pair<std::uint32_t, int>> pairs(const std::vector<mll::weighted_position>& nodes) {
  std::vector<std::pair<std::uint32_t, int>> out;
  for (const auto& one : nodes) out.emplace_back(one.node, one.weight);
  return out;
}

using expected = std::vector<std::pair<std::uint32_t, int>>;

}  // namespace

TEST_CASE(
    "evidence_of rounds weights to 256ths that sum to 256, by position, without nodes that have no samples") {
  const std::vector<std::size_t> counts{1, 1, 1, 1, 1, 1};
  const mll::sample_layout layout{{mll::node_id{2U}, mll::node_id{4U}, mll::node_id{6U}, mll::node_id{7U},
                                   mll::node_id{8U}, mll::node_id{9U}},
                                  counts};
  mll::task_match match{mll::task{{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}, {"e", ""}, {"f", ""}}, {}};
  match.classes = {speaking({{6, 2}, {2, 1}, {4, 1}}),  // halves and quarters
                   speaking({{4, 1}, {2, 1}, {6, 1}}),  // thirds: 85.33 each, the first gets the rest
                   speaking({{3, 5}, {2, 1}}),          // node 3 has no samples
                   speaking({{2, 1}, {4, 1e-9}}),       // rounds to nothing
                   speaking({}),                        //
                   speaking({{2, 1}, {4, 1}, {6, 1}, {7, 1}, {8, 1}, {9, 1}})};
  const auto nodes = mll::evidence_of(match, layout);
  REQUIRE(nodes.size() == 6);
  CHECK(pairs(nodes[0]) == expected{{0, 64}, {1, 64}, {2, 128}});
  CHECK(pairs(nodes[1]) == expected{{0, 85}, {1, 86}, {2, 85}});
  CHECK(pairs(nodes[2]) == expected{{0, 256}});
  CHECK(pairs(nodes[3]) == expected{{0, 256}});
  CHECK(nodes[4].empty());
  int sum = 0;
  for (const auto& one : nodes[5]) sum += one.weight;
  CHECK(sum == 256);
}
