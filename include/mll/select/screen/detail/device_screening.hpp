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

/// Screening of all heads of a hub for one task, on a grid.
///
/// The heads come in rounds, each several times as large as the one before. What was found in one round gives
/// the floor for the next, so that few heads of a class pass: about as many as are kept, times the growth.
/// Where the heads happen to come in the wrong order they may not fit; then the pass is repeated with rounds
/// so small that every head has room.
template <class Grid>
class device_screening {
 public:
  static constexpr std::size_t most_kept = keep_best_heads::at_once / 2;

  /// Throws: `invalid_argument` as `screen` does, or if more than `most_kept` heads are to be kept.
  device_screening(const Grid& grid, const statistics_view& statistics, const class_evidence& sources,
                   std::size_t keep)
      : grid_{grid}, statistics_{statistics}, classes_{sources.size()}, keep_{keep} {
    if (keep == 0) throw invalid_argument{"keep", "at least 1 head per class", "0"};
    if (keep > most_kept) {
      throw invalid_argument{"keep", "at most " + std::to_string(most_kept) + " heads a class on a device",
                             std::to_string(keep)};
    }
    require_class_evidence(sources, statistics.nodes);
    const std::vector<source_entry> entries = entries_of(sources);
    capacity_ = keep_ + spare;
    entries_ = grid.template allocate<source_entry>(entries.size());
    grid.upload(std::span{entries}, entries_);
    floor_ = grid.template allocate<float>(classes_);
    count_ = grid.template allocate<std::uint32_t>(classes_ + 1);  // and the overflow
    keys_ = grid.template allocate<std::uint64_t>(classes_ * capacity_);
    best_ = grid.template allocate<std::uint64_t>(classes_ * keep_);
  }

  /// For each class the best heads, as `screen`.
  [[nodiscard]] std::vector<std::vector<screened_head>> run() {
    std::vector<std::uint32_t> counts = pass(8);
    if (counts.back() != 0) counts = pass(1);
    std::vector<std::uint64_t> keys(classes_ * keep_);
    grid_.download(best_, std::span{keys});
    std::vector<std::vector<screened_head>> out(classes_);
    for (std::size_t y = 0; y < classes_; ++y) {
      for (std::size_t i = 0; i < counts[y]; ++i) {
        const std::uint64_t key = keys[y * keep_ + i];
        out[y].push_back({static_cast<std::uint32_t>(key), score_of(key)});
      }
    }
    return out;
  }

 private:
  static constexpr std::size_t spare = 8192;        // heads of a class that a round may add
  static constexpr std::size_t first_round = 1024;  // as many as may be kept

  // All rounds. Counts of heads by class, and how many did not fit.
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
      grid_.launch(classes_, keep_best_heads{found, static_cast<std::uint32_t>(keep_), best_.data()});
      first = end;
    }
    std::vector<std::uint32_t> counts(classes_ + 1);
    grid_.download(count_, std::span{counts});
    return counts;
  }

  static std::vector<source_entry> entries_of(const class_evidence& sources) {
    std::vector<source_entry> out;
    for (const auto& of_class : sources) {
      for (const weighted_position& source : of_class) out.push_back({source.node, source.weight, 0});
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
  std::size_t keep_;
  std::size_t capacity_ = 0;
  buffer<source_entry> entries_;
  buffer<float> floor_;
  buffer<std::uint32_t> count_;
  buffer<std::uint64_t> keys_;
  buffer<std::uint64_t> best_;
};

}  // namespace mll::detail
