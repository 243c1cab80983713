// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/source/hub_source.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/label/responses/log_odds_half.hpp"
#include "mll/label/source/label_source.hpp"

namespace {

/// A minimal source.
struct two_heads {
  using codec_type = mll::log_odds_8bit;
  const mll::sample_layout& samples() const { return layout; }
  const mll::head_index& heads() const { return index; }
  std::string model_name(std::size_t) const { return "model"; }
  std::vector<std::string> head_names(std::size_t) const { return {"a", "b"}; }
  float mean(std::size_t, std::size_t) const { return 0.5F; }
  void read_means(std::size_t, std::span<float>) const {}
  std::size_t head_count() const { return 2; }
  mll::head_id head(std::size_t position) const { return index.head(position); }
  std::size_t sample_count(std::size_t node) const { return layout.rows_at(node).count; }
  void read(std::size_t, std::span<const mll::node_samples>, std::span<std::uint8_t>) const {}

  mll::sample_layout layout;
  mll::head_index index;
};
static_assert(mll::response_source<two_heads>);

struct without_means : two_heads {
  void read_means(std::size_t, std::span<float>) const = delete;
};
static_assert(!mll::hub_source<without_means>);
static_assert(!mll::hub_source<int>);

}  // namespace

TEST_CASE("labels in memory model hub_source, for every codec") {
  CHECK(mll::hub_source<mll::label_source<mll::model_labels>>);
  CHECK(mll::hub_source<mll::label_source<mll::basic_model_labels<mll::log_odds_half>>>);
}
