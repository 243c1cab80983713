// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// Class scores per row, with summaries of the scores of the rivals of the true class.
///
/// The rivals are the leaves of a binary tree whose inner nodes summarise their subtrees, so that leaving out
/// or changing one class takes O(log classes) per row.
template <selection_objective Objective, std::floating_point Real = float>
class rival_tree {
 public:
  using array = Eigen::Array<Real, Eigen::Dynamic, 1>;
  using table = Eigen::Array<Real, Eigen::Dynamic, Eigen::Dynamic>;

  /// All scores are 0.
  rival_tree(std::span<const example> rows, std::size_t classes)
      : classes_{classes},
        truth_{array::Zero(index(rows.size()))},
        weights_(index(rows.size())),
        rows_of_(classes),
        rivals_{table::Zero(index(rows.size()), index(2 * classes))} {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      weights_[index(i)] = static_cast<Real>(rows[i].weight);
      rows_of_[rows[i].target.index()].push_back(index(i));
    }
    for (std::size_t y = 0; y < classes; ++y) mask(y);
    for (std::size_t node = classes - 1; node > 0; --node) summarise(node);
    if constexpr (is_smooth) {
      total_ = add_rival(truth_, rivals_.col(1));
      mean_change_ = array::Zero(index(classes));
      confusion_.resize(index(classes), index(classes));
      for (std::size_t y = 0; y < classes; ++y) update_confusion(y);
    }
  }

  [[nodiscard]] std::size_t class_count() const noexcept { return classes_; }
  /// `[rows]`: weight.
  [[nodiscard]] const array& weights() const noexcept { return weights_; }
  /// `[rows]`: score of the true class.
  [[nodiscard]] const array& truth() const noexcept { return truth_; }
  /// Rows of a class.
  [[nodiscard]] const std::vector<Eigen::Index>& rows_of(std::size_t y) const { return rows_of_[y]; }

  /// Sets the scores of a class, `[rows]`.
  template <class Score>
  void set(std::size_t y, const Eigen::ArrayBase<Score>& score) {
    auto leaf = rivals_.col(index(classes_ + y));
    leaf = score;
    for (const Eigen::Index i : rows_of_[y]) truth_[i] = leaf[i];
    mask(y);
    for (std::size_t node = (classes_ + y) / 2; node > 0; node /= 2) summarise(node);
    if constexpr (is_smooth) {
      const array before = total_;
      total_ = add_rival(truth_, rivals_.col(1));
      const array change = (total_ - before).abs();
      for (std::size_t t = 0; t < classes_; ++t) {
        Real mean = 0;
        for (const Eigen::Index i : rows_of_[t]) mean += weights_[i] * change[i];
        mean_change_[index(t)] = mean;
      }
      update_confusion(y);
    }
  }

  /// Estimate of how much the last change can have changed the gain of a move of each class, `[classes]`.
  ///
  /// The value of a row is the score of its true class minus the log-sum-exp L of all scores. The mixed
  /// second difference of a change of L by d and a change of class z is about d times the probability of z.
  /// Infinite for objectives that are not smooth.
  [[nodiscard]] array drift() const {
    if constexpr (is_smooth) {
      return (confusion_.matrix().transpose() * mean_change_.matrix()).array();
    } else {
      return array::Constant(index(classes_), std::numeric_limits<Real>::infinity());
    }
  }

  /// Per row, the summary of the rivals of its true class, without class y.
  [[nodiscard]] array rivals_without(std::size_t y) const {
    if constexpr (requires(const array& some) { Objective::drop_rival(some, some); }) {
      array out = Objective::drop_rival(rivals_.col(1), rivals_.col(index(classes_ + y)));
      for (Eigen::Index i = 0; i < out.rows(); ++i) {
        if (!std::isnan(out[i])) continue;
        out[i] = Objective::no_rivals();
        for (std::size_t node = classes_ + y; node > 1; node /= 2)
          out[i] = Objective::add_rival(out[i], rivals_(i, index(node ^ 1U)));
      }
      return out;
    } else {
      array out = array::Constant(truth_.rows(), Objective::no_rivals());
      for (std::size_t node = classes_ + y; node > 1; node /= 2)
        out = add_rival(out, rivals_.col(index(node ^ 1U)));
      return out;
    }
  }

  /// The objective with these scores of class y; `rivals` is `rivals_without(y)`.
  [[nodiscard]] double objective(std::size_t y, const array& score, const array& rivals) const {
    array values = value(truth_, add_rival(rivals, score));
    for (const Eigen::Index i : rows_of_[y]) values[i] = Objective::value(score[i], rivals[i]);
    return (weights_ * values).template cast<double>().sum();
  }
  /// The objective of the present scores.
  [[nodiscard]] double objective() const {
    const array values = value(truth_, rivals_.col(1));
    return (weights_ * values).template cast<double>().sum();
  }

 private:
  static constexpr bool is_smooth = std::same_as<Objective, log_likelihood>;
  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

  // Mean probability of class y among the rows of each class.
  void update_confusion(std::size_t y) {
    array share = (rivals_.col(index(classes_ + y)) - total_).exp() * weights_;
    for (const Eigen::Index i : rows_of_[y]) share[i] = std::exp(truth_[i] - total_[i]) * weights_[i];
    for (std::size_t t = 0; t < classes_; ++t) {
      Real sum = 0;
      for (const Eigen::Index i : rows_of_[t]) sum += share[i];
      confusion_(index(t), index(y)) = sum;
    }
  }

  void mask(std::size_t y) {
    for (const Eigen::Index i : rows_of_[y]) rivals_(i, index(classes_ + y)) = Objective::no_rivals();
  }
  void summarise(std::size_t node) {
    rivals_.col(index(node)) = add_rival(rivals_.col(index(2 * node)), rivals_.col(index(2 * node + 1)));
  }

  template <class A, class B>
  static array add_rival(const A& summary, const B& score) {
    if constexpr (requires { Objective::add_rival(summary, score); }) {
      return Objective::add_rival(summary, score);
    } else {
      return summary.binaryExpr(score, [](Real a, Real b) { return Objective::add_rival(a, b); });
    }
  }
  template <class A, class B>
  static array value(const A& truth, const B& summary) {
    if constexpr (requires { Objective::value(truth, summary); }) {
      return Objective::value(truth, summary);
    } else {
      return truth.binaryExpr(summary, [](Real a, Real b) { return Objective::value(a, b); });
    }
  }

  std::size_t classes_;
  array truth_;
  array weights_;
  std::vector<std::vector<Eigen::Index>> rows_of_;
  table rivals_;  // [rows, 2 classes]: node k is the parent of 2k and 2k + 1; class y is node classes + y
  array total_;   // [rows]: log-sum-exp of all scores
  array mean_change_;  // [classes]: mean absolute change of total_ per true class in the last change
  table confusion_;    // [true class, class]
};

}  // namespace mll::detail
