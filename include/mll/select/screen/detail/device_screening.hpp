// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/keep_best_heads.hpp"
#include "mll/select/screen/detail/matrix_kernels.hpp"
#include "mll/select/screen/detail/screening_kernels.hpp"
#include "mll/select/screen/detail/screening_plan.hpp"

namespace mll::detail {

/// Screening of all heads of a hub for one task on a grid.
///
/// A sample of the hub comes first: the matrix of its means, with all classes in parallel. The other heads
/// are screened without a matrix, and if most of them pass for so many classes that their rows are read
/// twice, in further matrices. All are processed in rounds of geometrically growing size, in an order that
/// does not follow the hub's; the best heads of one round set the floor of the next, so that about
/// `max_heads` times the growth pass per class. A round in which more heads pass than memory was provided for
/// is repeated with the floors that it has set.
template <class Grid>
class device_screening {
 public:
  static constexpr std::size_t max_kept = keep_best_heads::at_once / 2;

  /// Throws: `invalid_argument` as `screen` does, or if `max_heads` is above `max_kept`.
  device_screening(const Grid& grid, const statistics_view& statistics, const class_evidence& nodes,
                   std::size_t max_heads, const screening_sizes& sizes = {})
      : grid_{grid}, statistics_{statistics}, classes_{nodes.size()}, max_heads_{max_heads} {
    if (max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
    if (max_heads > max_kept) {
      throw invalid_argument{"max_heads",
                             "at most " + std::to_string(max_kept) + " heads per class on a device",
                             std::to_string(max_heads)};
    }
    require_class_evidence(nodes, statistics.nodes);
    put_entries(nodes);
    plan_ = screening_plan::of(statistics.heads, classes_, max_heads, sizes);
    // A repeated round finds kept heads again; there must be slots for more.
    capacity_ = max_heads_ + std::max({sizes.spare, sizes.first, 2 * max_heads_});
    floor_ = grid.template allocate<score_floor>(classes_ + 1);  // the last one is read, not used
    count_ = grid.template allocate<std::uint32_t>(classes_);
    checks_ = grid.template allocate<std::uint32_t>(2);
    keys_ = grid.template allocate<std::uint64_t>(classes_ * capacity_);
    best_ = grid.template allocate<std::uint64_t>(classes_ * max_heads_);
    means_ = grid.template allocate<float>(classes_ * 4 * plan_.sample.groups());
    terms_ = grid.template allocate<rival_terms>(std::size_t{4} * plan_.sample.groups());
  }

  /// The best heads per class, as `screen` returns them.
  [[nodiscard]] std::vector<std::vector<screened_head>> run() {
    const std::vector<score_floor> lowest(classes_ + 1, {-std::numeric_limits<float>::infinity(), 0});
    grid_.upload(std::span{lowest}, floor_);
    grid_.clear(checks_);
    grid_.clear(count_);
    crowded_ = repeated_rounds_ = 0;
    screen_sample();
    screen_chunks();
    std::vector<std::uint32_t> counts(classes_);
    std::vector<std::uint64_t> keys(classes_ * max_heads_);
    grid_.download(count_, std::span{counts});
    grid_.download(best_, std::span{keys});
    std::vector<std::vector<screened_head>> out(classes_);
    for (std::size_t y = 0; y < classes_; ++y) {
      out[y].reserve(counts[y]);
      for (std::size_t i = 0; i < counts[y]; ++i) {
        const std::uint64_t key = keys[y * max_heads_ + i];
        out[y].push_back({static_cast<std::uint32_t>(key), score_of(key)});
      }
    }
    return out;
  }

  /// Of the last `run`: groups of four heads whose rows were read twice.
  [[nodiscard]] std::size_t groups_read_twice() const noexcept { return crowded_; }
  /// Of the last `run`: rounds that were repeated.
  [[nodiscard]] std::size_t repeated_rounds() const noexcept { return repeated_rounds_; }

 private:
  void put_entries(const class_evidence& nodes) {
    std::vector<node_entry> entries;
    std::vector<std::uint32_t> first{0};
    std::uint32_t min_weight = 256;
    for (const auto& of_class : nodes) {
      std::uint32_t weight = 0;
      for (const weighted_position& one : of_class) {
        entries.push_back({one.node, one.weight, 0});
        weight += one.weight;
      }
      if (of_class.empty()) entries.emplace_back();
      entries.back().is_last = 1;
      first.push_back(static_cast<std::uint32_t>(entries.size()));
      min_weight = std::min(min_weight, weight);
    }
    while (entries.size() % screen_heads::rows_at_once != 0) entries.emplace_back();
    // Sums over many classes are rounded; so the bound keeps a distance.
    min_weight_ = 0.99F * static_cast<float>(min_weight);
    entries_ = grid_.template allocate<node_entry>(entries.size());
    first_entry_ = grid_.template allocate<std::uint32_t>(first.size());
    grid_.upload(std::span{entries}, entries_);
    grid_.upload(std::span{first}, first_entry_);
  }

  static std::size_t blocks(std::size_t count, std::size_t per_block) {
    return (count + per_block - 1) / per_block;
  }
  [[nodiscard]] found_heads found() {
    return {floor_.data(), count_.data(), keys_.data(), checks_.data(),
            static_cast<std::uint32_t>(capacity_)};
  }
  [[nodiscard]] float rivals() const { return static_cast<float>(classes_ - 1); }

  // Runs a round, and again while more heads pass than there is memory for: each time the floors are higher.
  template <class F>
  void screen_round(const F& launch, bool may_overflow = true) {
    for (bool is_first = true;; is_first = false) {
      launch();
      grid_.launch(classes_, keep_best_heads{found(), static_cast<std::uint32_t>(max_heads_), best_.data()});
      if (!may_overflow) return;
      std::vector<std::uint32_t> checks(2);
      grid_.download(checks_, std::span{checks});
      crowded_ += checks[1];
      if (!is_first) ++repeated_rounds_;
      if (checks[0] != 0 || checks[1] != 0) grid_.clear(checks_);
      if (checks[0] == 0) return;
    }
  }

  // The matrix of some heads, then rounds over its parts.
  void screen_matrix(const head_order& order, const head_order& done, std::size_t first_round) {
    const auto classes = static_cast<std::uint32_t>(classes_);
    const std::size_t groups = order.groups();
    grid_.launch(
        classes_ * blocks(groups, matrix_means::threads),
        matrix_means{statistics_, entries_.data(), first_entry_.data(), classes, order, means_.data()});
    grid_.launch(
        blocks(4 * groups, matrix_rivals::threads),
        matrix_rivals{means_.data(), classes, static_cast<std::uint32_t>(4 * groups), terms_.data()});
    for (std::size_t first = 0; first < groups;) {
      const bool takes_all = first_round != 0 && first == 0;
      const std::size_t size = takes_all ? first_round : first == 0 ? groups : first * plan_.growth;
      const std::size_t end = std::min(groups, first + size);
      screen_round(
          [&] {
            grid_.launch(classes_ * blocks(end - first, matrix_scores::threads),
                         matrix_scores{.means = means_.data(),
                                       .terms = terms_.data(),
                                       .classes = classes,
                                       .order = order,
                                       .done = done,
                                       .first_group = static_cast<std::uint32_t>(first),
                                       .end_group = static_cast<std::uint32_t>(end),
                                       .takes_all = takes_all,
                                       .end_head = static_cast<std::uint32_t>(statistics_.heads),
                                       .rivals = rivals(),
                                       .unit = unit,
                                       .found = found()});
          },
          !takes_all);
      first = end;
    }
  }
  void screen_sample() {
    if (plan_.sample.units != 0) screen_matrix(plan_.sample, head_order{}, plan_.first_round);
  }

  // Whether most rows would be read twice: those of a warp, 128 heads, are if those of one head are. Only
  // then are matrices faster.
  [[nodiscard]] bool is_crowded() {
    const std::uint32_t heads = 4 * plan_.sample.groups();
    grid_.launch(blocks(heads, matrix_crowding::threads),
                 matrix_crowding{.means = means_.data(),
                                 .statistics = statistics_,
                                 .classes = static_cast<std::uint32_t>(classes_),
                                 .order = plan_.sample,
                                 .min_weight = min_weight_,
                                 .unit = unit,
                                 .remembered = screen_heads::remembered,
                                 .floor = floor_.data(),
                                 .crowded = checks_.data() + 1});
    std::vector<std::uint32_t> checks(2);
    grid_.download(checks_, std::span{checks});
    grid_.clear(checks_);
    return checks[1] > heads / 64;
  }

  void screen_chunks() {
    if (plan_.chunks.units == 0) return;
    const std::size_t sampled = plan_.sample.groups() / screening_plan::groups_per_chunk;  // in chunks
    // A matrix takes the memory of the sample's.
    const bool in_matrices = sampled != 0 && is_crowded();
    std::size_t seen = std::max<std::size_t>(1, sampled);
    for (std::uint32_t first = 0; first < plan_.chunks.units;) {
      head_order part = plan_.chunks;
      part.first = first;
      part.units = static_cast<std::uint32_t>(
          std::min<std::size_t>(plan_.chunks.units - first, in_matrices ? sampled : seen * plan_.growth));
      if (in_matrices) {
        screen_matrix(part, plan_.sample, 0);
      } else {
        screen_round([&] {
          grid_.launch(std::size_t{part.units} * screen_heads::blocks_per_chunk,
                       screen_heads{.statistics = statistics_,
                                    .entries = entries_.data(),
                                    .entry_count = static_cast<std::uint32_t>(entries_.size()),
                                    .order = part,
                                    .done = plan_.sample,
                                    .min_weight = min_weight_,
                                    .rivals = rivals(),
                                    .unit = unit,
                                    .found = found(),
                                    .crowded = checks_.data() + 1});
        });
      }
      seen += part.units;
      first += part.units;
    }
  }

  template <class T>
  using buffer = typename Grid::template buffer<T>;
  static constexpr float unit = 1 / (256 * node_statistics::one);

  Grid grid_;
  statistics_view statistics_;
  std::size_t classes_;
  std::size_t max_heads_;
  std::size_t capacity_ = 0;
  float min_weight_ = 0;
  screening_plan plan_;
  std::size_t crowded_ = 0;
  std::size_t repeated_rounds_ = 0;
  buffer<node_entry> entries_;
  buffer<std::uint32_t> first_entry_;
  buffer<score_floor> floor_;
  buffer<std::uint32_t> count_;
  buffer<std::uint32_t> checks_;  // heads beyond the capacity, groups read twice
  buffer<std::uint64_t> keys_;
  buffer<std::uint64_t> best_;
  buffer<float> means_;
  buffer<rival_terms> terms_;
};

}  // namespace mll::detail
