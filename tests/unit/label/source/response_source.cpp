// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/source/response_source.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <vector>

namespace {

/// A minimal source.
struct constant_source {
  using codec_type = mll::log_odds_8bit;
  std::size_t head_count() const { return 2; }
  mll::head_id head(std::size_t position) const {
    return {mll::model_id{0}, static_cast<std::uint32_t>(position)};
  }
  std::size_t sample_count(std::uint32_t) const { return 3; }
  void read(std::size_t position, std::span<const mll::node_samples>, std::span<std::uint8_t> out) const {
    for (auto& code : out) code = static_cast<std::uint8_t>(position);
  }
};
static_assert(mll::response_source<constant_source>);

struct writes_floats : constant_source {
  void read(std::size_t, std::span<const mll::node_samples>, std::span<float>) const {}
};
static_assert(!mll::response_source<writes_floats>);
static_assert(!mll::response_source<int>);

}  // namespace

TEST_CASE("the samples of a list of nodes are counted") {
  const std::vector<mll::node_samples> some{{4, 3}, {1, 0}, {7, 5}};
  CHECK(mll::sample_total(some) == 8);
  CHECK(mll::sample_total({}) == 0);
}
