// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/representation/lazy_representation.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using mll::node_id;

namespace {

using counts_type = std::vector<std::pair<node_id, std::size_t>>;

}  // namespace

TEST_CASE("samples are created on demand") {
  int made = 0;
  const mll::lazy_representation data{counts_type{{node_id{7}, 2}, {node_id{1}, 0}, {node_id{3}, 4}},
                                      [&](node_id v, std::size_t i) {
                                        ++made;
                                        return std::to_string(v.value()) + "/" + std::to_string(i);
                                      }};
  static_assert(std::same_as<decltype(data)::sample_type, std::string>);
  CHECK(made == 0);
  CHECK(std::vector(data.nodes().begin(), data.nodes().end()) == std::vector{node_id{3}, node_id{7}});
  CHECK(data.sample_count(node_id{3}) == 4);
  CHECK(data.sample_count(node_id{1}) == 0);
  CHECK(data.sample_count(node_id{8}) == 0);
  CHECK(made == 0);
  CHECK(data.sample(node_id{7}, 1) == "7/1");
  CHECK(made == 1);
}

TEST_CASE("any callable can be stored as one type") {
  const mll::lazy_representation<double> data{
      {{node_id{0}, 3}}, [](node_id, std::size_t i) { return 0.5 * static_cast<double>(i); }};
  CHECK(data.sample(node_id{0}, 2) == 1.0);
}

TEST_CASE("invalid input is named; exceptions of the callable are passed on") {
  const auto make = [](counts_type counts) {
    return mll::lazy_representation<int>{
        std::move(counts), [](node_id, std::size_t) -> int { throw std::runtime_error{"no such file"}; }};
  };
  CHECK_THROWS_WITH_AS(make({{node_id{1}, 2}, {node_id{0}, 1}, {node_id{1}, 1}}),
                       "counts: expected every node once, found node 1 twice", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({{node_id{}, 2}}), "counts: expected ids of nodes, found an invalid id",
                       mll::invalid_argument);
  const auto data = make({{node_id{1}, 2}});
  CHECK_THROWS_WITH_AS(static_cast<void>(data.sample(node_id{1}, 2)),
                       "i: expected below 2, the number of samples of the node, found 2",
                       mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(data.sample(node_id{0}, 0)), mll::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(data.sample(node_id{1}, 1)), "no such file", std::runtime_error);
}
