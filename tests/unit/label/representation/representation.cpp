// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/representation/representation.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/label/representation/lazy_representation.hpp"
#include "mll/label/representation/representation_table.hpp"

using mll::node_id;

namespace {

struct no_sample_type {
  static std::span<const node_id> nodes() { return {}; }
  static std::size_t sample_count(node_id) { return 0; }
  static int sample(node_id, std::size_t) { return 0; }
};
struct no_nodes : no_sample_type {
  using sample_type = int;
  static std::vector<std::string> nodes() { return {}; }
};
struct other_sample : no_sample_type {
  using sample_type = std::string;
};
struct complete : no_sample_type {
  using sample_type = int;
};
struct one_at_a_time : complete {
  static constexpr bool concurrent_samples = false;
};
struct many_at_a_time : complete {
  static constexpr bool concurrent_samples = true;
};

}  // namespace

static_assert(mll::representation<complete>);
static_assert(mll::representation<mll::representation_table<int>>);
static_assert(mll::representation<mll::lazy_representation<std::string>>);
static_assert(!mll::has_concurrent_samples<complete> && !mll::has_concurrent_samples<one_at_a_time>);
static_assert(mll::representation<many_at_a_time> && mll::has_concurrent_samples<many_at_a_time>);
static_assert(!mll::representation<no_sample_type>);
static_assert(!mll::representation<no_nodes>);
static_assert(!mll::representation<other_sample>);
static_assert(!mll::representation<int>);

TEST_CASE("a table is used through the concept alone") {
  const auto count = [](const mll::representation auto& data) {
    std::size_t samples = 0;
    for (const node_id v : std::span<const node_id>{data.nodes()}) samples += data.sample_count(v);
    return samples;
  };
  mll::representation_table<int> table;
  table.add(node_id{1}, {1, 2, 3});
  CHECK(count(table) == 3);
}
