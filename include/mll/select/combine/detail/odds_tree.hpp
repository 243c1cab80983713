// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <vector>

#include "mll/select/combine/detail/packed_rows.hpp"

namespace mll::detail {

/// `rival_tree` for log-likelihood on packed rows: stores the odds of the classes, that is, the exponentials
/// of their scores, so that the summary of rivals is a sum. Scores must lie within 40 nats of 0, so that sums
/// stay in range.
///
/// Blocks of rows are independent and may be changed concurrently.
///
/// @tparam Real type of the odds
template <std::floating_point Real = float>
class odds_tree {
 public:
  /// One value per row of a block.
  using per_row = Eigen::Array<Real, static_cast<int>(packed_rows::block_rows), 1>;

  /// The odds are not set yet. The rows must outlive the tree.
  odds_tree(const packed_rows& rows, std::size_t classes)
      : rows_{&rows},
        classes_{classes},
        odds_(Eigen::Index{per_row::RowsAtCompileTime}, index(2 * classes * rows.block_count())),
        truth_{table::Ones(Eigen::Index{per_row::RowsAtCompileTime}, index(rows.block_count()))},
        total_{truth_},
        change_(rows.targets().size()),
        share_(rows.targets().size()),
        mean_change_{Eigen::VectorX<Real>::Zero(index(classes))},
        confusion_{Eigen::MatrixX<Real>::Zero(index(classes), index(classes))} {}

  /// Odds of the true class of each row of a block.
  [[nodiscard]] auto truth(std::size_t block) const { return truth_.col(index(block)); }

  /// Sets the odds of a class in a block; the inner nodes become stale.
  void set_odds(std::size_t block, std::size_t y, const per_row& odds) {
    auto leaf = node(block, classes_ + y);
    leaf = odds;
    auto truth = truth_.col(index(block));
    const auto own = rows_->columns_of_class(block, y);
    const Eigen::Index count = index(own.end - own.begin);
    for (std::size_t strip = 0; strip < rows_->strips() && count != 0; ++strip) {
      const Eigen::Index at = index(strip * rows_->width() + own.begin);
      truth.segment(at, count) = leaf.segment(at, count);
      leaf.segment(at, count).setZero();
    }
  }
  /// Updates the inner nodes after `set_odds` for all classes of a block.
  void summarise(std::size_t block) {
    for (std::size_t k = classes_ - 1; k > 0; --k) summarise(block, k);
    total_.col(index(block)) = node(block, 1) + truth(block);
  }
  /// Updates the inner nodes after `set_odds` for one class of a block.
  void summarise_class(std::size_t block, std::size_t y) {
    for (std::size_t k = (classes_ + y) / 2; k > 0; k /= 2) summarise(block, k);
    auto total = total_.col(index(block));
    const per_row now = node(block, 1) + truth(block);
    const per_row change = (now / total).log().abs();
    total = now;
    sum_strips(block, change, change_);
    update_share(block, y);
  }
  /// Updates the mean probability of class y per true class, after `summarise` for all blocks.
  void update_confusion(std::size_t y) {
    std::vector<Real> share(rows_->targets().size());
    for (std::size_t block = 0; block < rows_->block_count(); ++block)
      sum_strips(block, share_of(block, y), share);
    update_confusion(y, share);
  }
  /// Updates the inputs of `drift`, after `summarise_class` for all blocks.
  void update_drift(std::size_t y) {
    mean_change_.setZero();
    for (std::size_t column = 0; column < change_.size(); ++column)
      mean_change_[index(rows_->targets()[column])] += change_[column];
    update_confusion(y, share_);
  }

  /// See `rival_tree::drift`.
  [[nodiscard]] Eigen::VectorX<Real> drift() const { return confusion_.transpose() * mean_change_; }

  /// Per row of a block, the sum of the odds of the rivals of its true class, without class y.
  [[nodiscard]] per_row rivals_without(std::size_t block, std::size_t y) const {
    per_row out = per_row::Zero();
    for (std::size_t k = classes_ + y; k > 1; k /= 2) out += node(block, k ^ 1U);
    return out;
  }

 private:
  using table = Eigen::Array<Real, per_row::RowsAtCompileTime, Eigen::Dynamic>;
  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

  // Node k is the parent of 2k and 2k + 1; class y is node classes + y.
  [[nodiscard]] typename table::ColXpr node(std::size_t block, std::size_t k) {
    return odds_.col(index(block * 2 * classes_ + k));
  }
  [[nodiscard]] typename table::ConstColXpr node(std::size_t block, std::size_t k) const {
    return odds_.col(index(block * 2 * classes_ + k));
  }
  void summarise(std::size_t block, std::size_t k) {
    node(block, k) = node(block, 2 * k) + node(block, 2 * k + 1);
  }

  // Probability of class y.
  [[nodiscard]] per_row share_of(std::size_t block, std::size_t y) const {
    const auto total = total_.col(index(block));
    per_row share = node(block, classes_ + y) / total;
    const auto own = rows_->columns_of_class(block, y);
    const Eigen::Index count = index(own.end - own.begin);
    for (std::size_t strip = 0; strip < rows_->strips() && count != 0; ++strip) {
      const Eigen::Index at = index(strip * rows_->width() + own.begin);
      share.segment(at, count) = truth(block).segment(at, count) / total.segment(at, count);
    }
    return share;
  }
  void update_share(std::size_t block, std::size_t y) { sum_strips(block, share_of(block, y), share_); }

  // Weighted sums over the strips of a block, per column.
  void sum_strips(std::size_t block, const per_row& values, std::vector<Real>& to) const {
    const Eigen::Index width = index(rows_->width());
    const Eigen::Map<const packed_rows::per_row> weights{rows_->row_weights().data() +
                                                         block * packed_rows::block_rows};
    const per_row weighted = values * weights.template cast<Real>();
    Eigen::Map<Eigen::ArrayX<Real>> sum{to.data() + block * rows_->width(), width};
    sum = weighted.head(width);
    for (std::size_t strip = 1; strip < rows_->strips(); ++strip)
      sum += weighted.segment(index(strip) * width, width);
  }
  void update_confusion(std::size_t y, const std::vector<Real>& share) {
    auto mean_probability = confusion_.col(index(y));
    mean_probability.setZero();
    for (std::size_t column = 0; column < share.size(); ++column)
      mean_probability[index(rows_->targets()[column])] += share[column];
  }

  const packed_rows* rows_;
  std::size_t classes_;
  table odds_;                        // [rows of a block, (blocks, nodes)]
  table truth_;                       // [rows of a block, blocks]: odds of the true class
  table total_;                       // [rows of a block, blocks]: sum of all odds
  std::vector<Real> change_;          // [columns]: absolute change of log(total_) in the last change
  std::vector<Real> share_;           // [columns]: probability of the class that changed last
  Eigen::VectorX<Real> mean_change_;  // [classes]: mean of change_ per true class
  Eigen::MatrixX<Real> confusion_;    // [true class, class]: mean probability
};

}  // namespace mll::detail
