// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/check_representation.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/label/representation/lazy_representation.hpp"
#include "mll/label/representation/representation_table.hpp"
#include "mll/testing/archetypes.hpp"
#include "support/complaints.hpp"
#include "support/label_fixture.hpp"

using mll::node_id;
using mll::test::mentions;
using mll::testing::check_representation;

namespace {

struct data {
  using sample_type = int;
  std::vector<node_id> ids{node_id{1}, node_id{4}};
  [[nodiscard]] std::span<const node_id> nodes() const { return ids; }
  [[nodiscard]] std::size_t sample_count(node_id v) const {
    return v == node_id{1} || v == node_id{4} ? 3 : 0;
  }
  [[nodiscard]] int sample(node_id v, std::size_t i) const { return mll::test::make_sample(v, i); }
};

}  // namespace

TEST_CASE("the representations of the library pass") {
  CHECK(check_representation(data{}).empty());
  CHECK(check_representation(mll::test::make_samples({{0, 3}, {5, 1}})).empty());
  CHECK(check_representation(mll::representation_table<int>{}).empty());
  CHECK(check_representation(mll::lazy_representation{std::vector{std::pair{node_id{2}, std::size_t{3}}},
                                                      [](node_id, std::size_t i) { return i; }})
            .empty());
  CHECK(check_representation(mll::testing::representation_archetype{node_id{3}}).empty());
}

TEST_CASE("broken lists of nodes are found") {
  CHECK(check_representation(data{{node_id{4}, node_id{1}}}) ==
        std::vector<std::string>{"nodes: expected increasing ids, found node 1 after node 4"});
  CHECK(mentions(check_representation(data{{node_id{1}, node_id{1}, node_id{4}}}),
                 "found node 1 after node 1"));
  CHECK(mentions(check_representation(data{{node_id{1}, node_id{4}, node_id{}}}),
                 "found an invalid one at position 2"));
  CHECK(check_representation(data{{node_id{4}}})
            .empty());  // node 1 has samples but is not listed, which is not checked
  CHECK(mentions(check_representation(data{{node_id{0}, node_id{4}}}),
                 "expected 0 for node 1, which nodes() does not list"));
  struct shuffling : data {
    std::shared_ptr<int> calls = std::make_shared<int>(0);
    [[nodiscard]] std::vector<node_id> nodes() const { return {node_id{1}, node_id{4 + ++*calls}}; }
  };
  static_assert(mll::representation<shuffling>);
  CHECK(mentions(check_representation(shuffling{}), "nodes: returns other nodes when called again"));
}

TEST_CASE("samples that change are found") {
  struct random : data {
    std::shared_ptr<int> calls = std::make_shared<int>(0);
    [[nodiscard]] int sample(node_id, std::size_t) const { return ++*calls; }
  };
  const auto found = check_representation(random{});
  CHECK(mentions(found, "sample 0 of node 1 differs when read again"));
  CHECK(found.size() == 2);
  struct shrinking : data {
    std::shared_ptr<std::size_t> calls = std::make_shared<std::size_t>(9);
    [[nodiscard]] std::size_t sample_count(node_id v) const {
      return v == node_id{1} ? --*calls : data::sample_count(v);
    }
  };
  CHECK(check_representation(shrinking{}) == std::vector<std::string>{"sample_count: changes for node 1"});
  struct unreadable : data {
    [[nodiscard]] int sample(node_id v, std::size_t i) const {
      if (i == 2) throw std::runtime_error{"cannot decode"};
      return data::sample(v, i);
    }
  };
  CHECK(check_representation(unreadable{}).front() == "reading samples of node 1 threw: cannot decode");
  CHECK(check_representation(unreadable{}, 2).empty());  // not read
}
