// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/ids.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <type_traits>
#include <unordered_set>

using mll::head_id;
using mll::model_id;
using mll::node_id;

// Ids of different kinds, and plain numbers, do not mix.
static_assert(!std::convertible_to<node_id, model_id>);
static_assert(!std::constructible_from<node_id, model_id>);
static_assert(!std::convertible_to<std::uint32_t, node_id>);
static_assert(!std::equality_comparable_with<node_id, model_id>);
static_assert(std::is_trivially_copyable_v<node_id> && sizeof(node_id) == 4);

TEST_CASE("a default id is invalid and greater than all others") {
  CHECK_FALSE(node_id{}.valid());
  CHECK(node_id{0}.valid());
  CHECK(node_id{std::size_t{4294967294U}} < node_id{});
}

TEST_CASE("ids compare and hash by value") {
  CHECK(node_id{1} < node_id{2});
  CHECK(node_id{2} == node_id{2U});
  CHECK(node_id{7}.index() == 7);
  const std::unordered_set<node_id> set{node_id{1}, node_id{2}, node_id{1}};
  CHECK(set.size() == 2);
}

TEST_CASE("head ids compare by model, then by column") {
  CHECK(head_id{model_id{0}, 9} < head_id{model_id{1}, 0});
  CHECK(head_id{model_id{1}, 0} < head_id{model_id{1}, 1});
  CHECK(head_id{model_id{1}, 5} < head_id{model_id{}, 0});
}
