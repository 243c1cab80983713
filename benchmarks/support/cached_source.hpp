// The responses of a wide hub as a source that was read before: what was asked for once is kept, so that
// timing sees the reading of bytes and not the making of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/responses/response_source.hpp"
#include "wide_hub.hpp"

namespace mll::benchmark {

class cached_source {
 public:
  using codec_type = log_odds_8bit;

  explicit cached_source(const wide_hub& hub) : hub_{&hub} {}

  [[nodiscard]] std::size_t head_count() const noexcept { return hub_->size().heads; }
  [[nodiscard]] head_id head(std::size_t position) const {
    return {model_id{position / 16}, static_cast<std::uint32_t>(position % 16)};
  }
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

  /// Forgets everything.
  void clear() {
    for (shard& one : shards_) one.blocks.clear();
  }

 private:
  // The lists that a selection asks for differ in their first node or their length.
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
  mutable std::array<shard, 64> shards_;
};

static_assert(response_source<cached_source>);

}  // namespace mll::benchmark
