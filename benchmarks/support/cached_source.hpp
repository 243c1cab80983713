// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The responses of a wide hub as a source with a cache: timings of repeated reads do not include their
// generation.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "wide_hub.hpp"

namespace mll::benchmark {

class cached_source {
 public:
  using codec_type = log_odds_8bit;

  /// @param[in] statistics excess of the hub's heads; must outlive the source
  cached_source(const wide_hub& hub, const sparse_node_statistics& statistics)
      : hub_{&hub}, statistics_{&statistics}, layout_{hub.layout()} {
    constexpr std::size_t width = 16;  // heads per model
    for (std::size_t first = 0; first < hub.size().heads; first += width)
      heads_.add(model_id{first / width}, std::min(width, hub.size().heads - first));
    for (std::size_t h = 0; h < width; ++h) names_.push_back("head " + std::to_string(h));
  }

  [[nodiscard]] const sample_layout& samples() const noexcept { return layout_; }
  [[nodiscard]] const head_index& heads() const noexcept { return heads_; }
  [[nodiscard]] std::string model_name(std::size_t m) const { return "model " + std::to_string(m); }
  [[nodiscard]] std::span<const std::string> head_names(std::size_t m) const {
    return std::span{names_}.first(heads_.width(m));
  }
  [[nodiscard]] float mean(std::size_t node, std::size_t position) const {
    return hub_->mean(position, node);
  }
  void read_means(std::size_t node, std::span<float> out) const {
    for (std::size_t h = 0; h < out.size(); ++h) out[h] = mean(node, h);
  }
  [[nodiscard]] const sparse_node_statistics& statistics() const noexcept { return *statistics_; }

  [[nodiscard]] std::size_t head_count() const noexcept { return hub_->size().heads; }
  [[nodiscard]] head_id head(std::size_t position) const { return heads_.head(position); }
  [[nodiscard]] std::size_t sample_count(std::size_t) const noexcept { return hub_->size().samples_per_node; }

  void read(std::size_t position, std::span<const node_samples> which, std::span<std::uint8_t> out) const {
    const key asked{position, which.front().node, sample_total(which)};
    shard& mine = shards_[position % shards_.size()];
    const std::scoped_lock lock{mine.mutex};
    std::vector<std::uint8_t>& codes = mine.blocks[asked];
    if (codes.empty()) {
      codes.resize(out.size());
      std::size_t at = 0;
      for (const node_samples& some : which) {
        hub_->responses(position, some.node, std::span{codes}.subspan(at, some.count));
        at += some.count;
      }
    }
    std::memcpy(out.data(), codes.data(), codes.size());
  }

 private:
  // (The lists that a selection reads differ in their first node or their length.)
  struct key {
    std::size_t position;
    std::uint32_t node;
    std::size_t samples;
    friend bool operator==(const key&, const key&) = default;
  };
  struct hash {
    std::size_t operator()(const key& k) const noexcept {
      return (k.position * 0x9E3779B97F4A7C15ULL) ^ (k.node * 0xC2B2AE3D27D4EB4FULL) ^ (k.samples << 17U);
    }
  };
  struct shard {
    std::mutex mutex;
    std::unordered_map<key, std::vector<std::uint8_t>, hash> blocks;
  };

  const wide_hub* hub_;
  const sparse_node_statistics* statistics_;
  sample_layout layout_;
  head_index heads_;
  std::vector<std::string> names_;
  mutable std::array<shard, 64> shards_;
};

static_assert(hub_source<cached_source>);

}  // namespace mll::benchmark
