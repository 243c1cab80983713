// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/table_allocator.hpp"
#include "mll/select/combine/detail/packed_rows.hpp"

namespace mll::detail {

/// `rival_tree` for log-likelihood on packed rows: stores the odds of the classes, that is, the exponentials
/// of their scores, so that the summary of rivals is a sum. Scores must lie within 40 nats of 0, so that sums
/// stay in range.
///
/// Blocks of rows are independent and may be changed concurrently.
///
/// @tparam Rows `packed_rows`; a parameter so that only programs that search compile the members
template <class Rows = packed_rows>
class odds_tree {
 public:
  using per_row = typename Rows::per_row;

  /// The odds are not set yet. The rows must outlive the tree.
  /// @param[in] own blocks whose odds are here; other blocks are elsewhere, and known by `changes()` only
  odds_tree(const Rows& rows, std::size_t classes, typename Rows::range own)
      : rows_{&rows},
        classes_{classes},
        first_block_{own.begin},
        odds_(2 * classes * (own.end - own.begin) * block_rows),
        truth_((own.end - own.begin) * block_rows, 1.0F),
        total_((own.end - own.begin) * block_rows, 1.0F),
        changes_(2 * rows.targets().size()),
        mean_change_(classes),
        confusion_(classes * classes) {}

  /// Odds of the true class of each row of a block.
  [[nodiscard]] const float* truth(std::size_t block) const { return truth_.data() + first_row(block); }

  /// Sets the odds of a class in a block; the inner nodes become stale.
  void set_odds(std::size_t block, std::size_t y, const per_row& odds) {
    float* const leaf = node(block, classes_ + y);
    std::copy_n(odds.values, block_rows, leaf);
    float* const truth = truth_.data() + first_row(block);
    for_each_own(block, y, [&](std::size_t i) {
      truth[i] = leaf[i];
      leaf[i] = 0;
    });
  }
  /// Updates the inner nodes after `set_odds` for all classes of a block.
  void summarise(std::size_t block) {
    for (std::size_t k = classes_ - 1; k > 0; --k) summarise(block, k);
    add(node(block, 1), truth(block), total_.data() + first_row(block));
  }
  /// Updates the inner nodes after `set_odds` for one class of a block.
  void summarise_class(std::size_t block, std::size_t y) {
    for (std::size_t k = (classes_ + y) / 2; k > 0; k /= 2) summarise(block, k);
    float* const total = total_.data() + first_row(block);
    per_row now;
    add(node(block, 1), truth(block), now.values);
    per_row change;
    for (std::size_t i = 0; i < block_rows; ++i) change[i] = now[i] / total[i];
    for (std::size_t i = 0; i < block_rows; i += lane_block) log_lanes(change.values + i);
    for (std::size_t i = 0; i < block_rows; ++i) change[i] = std::abs(change[i]);
    std::copy_n(now.values, block_rows, total);
    const std::size_t column = block * rows_->width();
    sum_strips(block, change, changes_.data() + column);
    sum_strips(block, share_of(block, y), changes_.data() + rows_->targets().size() + column);
  }
  /// Per column, the change and the probability of the class that `summarise_class` took last:
  /// `[2, blocks, width]`.
  [[nodiscard]] std::span<float> changes() noexcept { return changes_; }
  /// Writes the probability of class y per column of a block, after `summarise`.
  /// @param[out] to `[width]`
  void sum_shares(std::size_t block, std::size_t y, float* to) const {
    sum_strips(block, share_of(block, y), to);
  }
  /// Updates the mean probability of class y per true class.
  /// @param[in] shares `[blocks, width]`, by `sum_shares`
  void update_confusion(std::size_t y, std::span<const float> shares) {
    float* const mean_probability = confusion_.data() + y * classes_;
    std::fill_n(mean_probability, classes_, 0.0F);
    for (std::size_t column = 0; column < shares.size(); ++column)
      mean_probability[rows_->targets()[column]] += shares[column];
  }
  /// Updates the inputs of `drift`, once `changes()` holds all blocks.
  void update_drift(std::size_t y) {
    const std::size_t columns = rows_->targets().size();
    std::fill(mean_change_.begin(), mean_change_.end(), 0.0F);
    for (std::size_t column = 0; column < columns; ++column)
      mean_change_[rows_->targets()[column]] += changes_[column];
    update_confusion(y, changes().subspan(columns));
  }

  /// See `rival_tree::drift`.
  [[nodiscard]] std::vector<float> drift() const {
    std::vector<float> out(classes_, 0.0F);
    for (std::size_t y = 0; y < classes_; ++y) {
      for (std::size_t t = 0; t < classes_; ++t) out[y] += confusion_[y * classes_ + t] * mean_change_[t];
    }
    return out;
  }

  /// Per row of a block, the sum of the odds of the rivals of its true class, without class y.
  void rivals_without(std::size_t block, std::size_t y, per_row& out) const {
    std::size_t k = classes_ + y;
    if (k > 1)
      std::copy_n(node(block, k ^ 1U), block_rows, out.values);
    else
      std::fill_n(out.values, block_rows, 0.0F);
    for (k /= 2; k > 1; k /= 2) {
      const float* const rivals = node(block, k ^ 1U);
      for (std::size_t i = 0; i < block_rows; ++i) out[i] += rivals[i];
    }
  }

 private:
  static constexpr std::size_t block_rows = Rows::block_rows;
  using table = std::vector<float, table_allocator<float>>;

  // Node k is the parent of 2k and 2k + 1; class y is node classes + y.
  [[nodiscard]] float* node(std::size_t block, std::size_t k) {
    return odds_.data() + first_row(block) * 2 * classes_ + k * block_rows;
  }
  [[nodiscard]] const float* node(std::size_t block, std::size_t k) const {
    return odds_.data() + first_row(block) * 2 * classes_ + k * block_rows;
  }
  [[nodiscard]] std::size_t first_row(std::size_t block) const { return (block - first_block_) * block_rows; }
  void summarise(std::size_t block, std::size_t k) {
    add(node(block, 2 * k), node(block, 2 * k + 1), node(block, k));
  }
  static void add(const float* a, const float* b, float* __restrict sum) {
    for (std::size_t i = 0; i < block_rows; ++i) sum[i] = a[i] + b[i];
  }
  /// Calls `f` with the rows of class y in a block.
  template <class F>
  void for_each_own(std::size_t block, std::size_t y, const F& f) const {
    const auto own = rows_->columns_of_class(block, y);
    for (std::size_t strip = 0; strip < rows_->strips(); ++strip) {
      for (std::size_t column = own.begin; column < own.end; ++column) f(strip * rows_->width() + column);
    }
  }

  // Probability of class y.
  [[nodiscard]] per_row share_of(std::size_t block, std::size_t y) const {
    const float* const total = total_.data() + first_row(block);
    const float* const odds = node(block, classes_ + y);
    per_row share;
    for (std::size_t i = 0; i < block_rows; ++i) share[i] = odds[i] / total[i];
    for_each_own(block, y, [&](std::size_t i) { share[i] = truth(block)[i] / total[i]; });
    return share;
  }

  // Weighted sums over the strips of a block, per column.
  void sum_strips(std::size_t block, const per_row& values, float* __restrict sum) const {
    const float* const weights = rows_->row_weights().data() + block * block_rows;
    per_row weighted;
    for (std::size_t i = 0; i < block_rows; ++i) weighted[i] = values[i] * weights[i];
    const std::size_t width = rows_->width();
    std::copy_n(weighted.values, width, sum);
    for (std::size_t strip = 1; strip < rows_->strips(); ++strip) {
      for (std::size_t i = 0; i < width; ++i) sum[i] += weighted[strip * width + i];
    }
  }
  const Rows* rows_;
  std::size_t classes_;
  std::size_t first_block_;
  table odds_;                      // [own blocks, nodes, rows of a block]
  table truth_;                     // [own blocks, rows of a block]: odds of the true class
  table total_;                     // [own blocks, rows of a block]: sum of all odds
  std::vector<float> changes_;      // [2, columns]: absolute change of log(total_) in the last change;
                                    // probability of the class that changed last
  std::vector<float> mean_change_;  // [classes]: mean of the change per true class
  std::vector<float> confusion_;    // [class, true class]: mean probability
};

}  // namespace mll::detail
