// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Some models of a wide hub as a source: the share of one rank, or all of it. Counts what is read.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "wide_hub.hpp"

namespace mll::benchmark {

class wide_share {
 public:
  using codec_type = log_odds_8bit;
  static constexpr std::size_t heads_per_model = 16;

  [[nodiscard]] static std::size_t model_count(const wide_hub& hub) {
    return (hub.size().heads + heads_per_model - 1) / heads_per_model;
  }

  /// @param[in] excesses of all heads of the hub
  /// @param[in] models   numbers of the models of this share, increasing
  wide_share(const wide_hub& hub, const std::vector<std::vector<node_excess>>& excesses,
             std::span<const std::size_t> models)
      : hub_{&hub}, layout_{hub.layout()}, statistics_{hub.size().nodes, add_heads(hub, excesses, models)} {
    for (std::size_t h = 0; h < heads_per_model; ++h) names_.push_back("head " + std::to_string(h));
  }

  [[nodiscard]] const sample_layout& samples() const noexcept { return layout_; }
  [[nodiscard]] const head_index& heads() const noexcept { return heads_; }
  [[nodiscard]] std::string model_name(std::size_t m) const {
    return "model " + std::to_string(heads_.model(m).value());
  }
  [[nodiscard]] std::span<const std::string> head_names(std::size_t m) const {
    return std::span{names_}.first(heads_.width(m));
  }
  [[nodiscard]] float mean(std::size_t node, std::size_t position) const {
    return hub_->mean(in_hub_[position], node);
  }
  void read_means(std::size_t node, std::span<float> out) const {
    for (std::size_t h = 0; h < out.size(); ++h) out[h] = mean(node, h);
  }
  [[nodiscard]] const sparse_node_statistics& statistics() const noexcept { return statistics_; }

  [[nodiscard]] std::size_t head_count() const noexcept { return in_hub_.size(); }
  [[nodiscard]] head_id head(std::size_t position) const { return heads_.head(position); }
  [[nodiscard]] std::size_t sample_count(std::size_t) const noexcept { return hub_->size().samples_per_node; }

  void read(std::size_t position, std::span<const node_samples> which, std::span<std::uint8_t> out) const {
    std::size_t at = 0;
    for (const node_samples& some : which) {
      hub_->responses(in_hub_[position], some.node, out.subspan(at, some.count));
      at += some.count;
    }
    responses_read_ += at;
  }
  /// Responses that were read so far.
  [[nodiscard]] std::size_t responses_read() const noexcept { return responses_read_; }

 private:
  std::vector<std::vector<node_excess>> add_heads(const wide_hub& hub,
                                                  const std::vector<std::vector<node_excess>>& excesses,
                                                  std::span<const std::size_t> models) {
    std::vector<std::vector<node_excess>> out;
    for (const std::size_t m : models) {
      const std::size_t first = m * heads_per_model;
      const std::size_t last = std::min(first + heads_per_model, hub.size().heads);
      heads_.add(model_id{m}, last - first);
      for (std::size_t h = first; h < last; ++h) {
        in_hub_.push_back(h);
        out.push_back(excesses[h]);
      }
    }
    return out;
  }

  const wide_hub* hub_;
  sample_layout layout_;
  head_index heads_;
  std::vector<std::size_t> in_hub_;
  sparse_node_statistics statistics_;
  std::vector<std::string> names_;
  mutable std::atomic<std::size_t> responses_read_ = 0;
};

static_assert(hub_source<wide_share>);

}  // namespace mll::benchmark
