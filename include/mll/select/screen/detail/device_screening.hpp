// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/screening_kernels.hpp"

namespace mll::detail {

/// Screening of all heads of a hub for one task on a grid.
///
/// Heads are processed in rounds of geometrically growing size. The best heads of one round set the floor of
/// the next, so that about `max_heads` times the growth pass per class. If the order of heads is unfavourable
/// and the buffer overflows, the pass is repeated with rounds so small that every head fits.
template <class Grid>
class device_screening {
 public:
  static constexpr std::size_t max_kept = keep_best_heads::at_once / 2;

  /// Throws: `invalid_argument` as `screen` does, or if `max_heads` is above `max_kept`.
  device_screening(const Grid& grid, const statistics_view& statistics, const class_evidence& nodes,
                   std::size_t max_heads)
      : grid_{grid}, statistics_{statistics}, classes_{nodes.size()}, max_heads_{max_heads} {
    if (max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
    if (max_heads > max_kept) {
      throw invalid_argument{"max_heads",
                             "at most " + std::to_string(max_kept) + " heads per class on a device",
                             std::to_string(max_heads)};
    }
    require_class_evidence(nodes, statistics.nodes);
    const std::vector<node_entry> entries = entries_of(nodes);
    capacity_ = max_heads_ + spare;
    entries_ = grid.template allocate<node_entry>(entries.size());
    grid.upload(std::span{entries}, entries_);
    floor_ = grid.template allocate<float>(classes_);
    count_ = grid.template allocate<std::uint32_t>(classes_ + 1);  // the last one counts the overflow
    keys_ = grid.template allocate<std::uint64_t>(classes_ * capacity_);
    best_ = grid.template allocate<std::uint64_t>(classes_ * max_heads_);
  }

  /// The best heads per class, as `screen` returns them.
  [[nodiscard]] std::vector<std::vector<screened_head>> run() {
    std::vector<std::uint32_t> counts = pass(8);
    if (counts.back() != 0) counts = pass(1);
    std::vector<std::uint64_t> keys(classes_ * max_heads_);
    grid_.download(best_, std::span{keys});
    std::vector<std::vector<screened_head>> out(classes_);
    for (std::size_t y = 0; y < classes_; ++y) {
      for (std::size_t i = 0; i < counts[y]; ++i) {
        const std::uint64_t key = keys[y * max_heads_ + i];
        out[y].push_back({static_cast<std::uint32_t>(key), score_of(key)});
      }
    }
    return out;
  }

 private:
  static constexpr std::size_t spare = 8192;        // capacity per class for the heads of a round
  static constexpr std::size_t first_round = 1024;  // as many as `max_kept`

  // Runs all rounds. Returns the number of heads per class, then the overflow.
  std::vector<std::uint32_t> pass(std::size_t growth) {
    const std::vector<float> lowest(classes_, -std::numeric_limits<float>::infinity());
    grid_.upload(std::span{lowest}, floor_);
    grid_.clear(count_);
    const found_heads found{floor_.data(), count_.data(), keys_.data(), count_.data() + classes_,
                            static_cast<std::uint32_t>(capacity_)};
    std::size_t round = growth == 1 ? spare : first_round;
    for (std::size_t first = 0; first < statistics_.heads; round *= growth) {
      const std::size_t end = std::min(statistics_.heads, first + round);
      const std::size_t blocks =
          (end - first + screen_heads::heads_per_block - 1) / screen_heads::heads_per_block;
      grid_.launch(
          blocks, screen_heads{statistics_.rows, statistics_.stride, entries_.data(),
                               static_cast<std::uint32_t>(entries_.size()), static_cast<std::uint32_t>(first),
                               static_cast<std::uint32_t>(end), static_cast<float>(classes_ - 1),
                               1 / (256 * node_statistics::one), found});
      grid_.launch(classes_, keep_best_heads{found, static_cast<std::uint32_t>(max_heads_), best_.data()});
      first = end;
    }
    std::vector<std::uint32_t> counts(classes_ + 1);
    grid_.download(count_, std::span{counts});
    return counts;
  }

  static std::vector<node_entry> entries_of(const class_evidence& nodes) {
    std::vector<node_entry> out;
    for (const auto& of_class : nodes) {
      for (const weighted_position& one : of_class) out.push_back({one.node, one.weight, 0});
      if (of_class.empty()) out.emplace_back();
      out.back().is_last = 1;
    }
    while (out.size() % screen_heads::rows_at_once != 0) out.emplace_back();
    return out;
  }

  template <class T>
  using buffer = typename Grid::template buffer<T>;

  Grid grid_;
  statistics_view statistics_;
  std::size_t classes_;
  std::size_t max_heads_;
  std::size_t capacity_ = 0;
  buffer<node_entry> entries_;
  buffer<float> floor_;
  buffer<std::uint32_t> count_;
  buffer<std::uint64_t> keys_;
  buffer<std::uint64_t> best_;
};

}  // namespace mll::detail
