// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/select/objective.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll::detail {

/// The class scores of some rows, and for each row summaries of the rivals of its true class.
///
/// The rivals are the leaves of a binary tree whose inner nodes summarise what is below them, so that one
/// class can be left out or changed in O(log classes) a row.
template <selection_objective Objective, std::floating_point Real = float>
class rival_tree {
 public:
  using array = Eigen::Array<Real, Eigen::Dynamic, 1>;
  using table = Eigen::Array<Real, Eigen::Dynamic, Eigen::Dynamic>;

  /// All scores 0.
  rival_tree(std::span<const evidence_row> rows, std::size_t classes)
      : classes_{classes},
        truth_{array::Zero(index(rows.size()))},
        weights_(index(rows.size())),
        rows_of_(classes),
        rivals_{table::Zero(index(rows.size()), index(2 * classes))} {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      weights_[index(i)] = static_cast<Real>(rows[i].weight);
      rows_of_[rows[i].label.index()].push_back(index(i));
    }
    for (std::size_t y = 0; y < classes; ++y) mask(y);
    for (std::size_t node = classes - 1; node > 0; --node) summarise(node);
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
  }

  /// For each row the summary of the rivals of its true class, class y left out.
  [[nodiscard]] array rivals_without(std::size_t y) const {
    array out = array::Constant(truth_.rows(), Objective::no_rivals());
    for (std::size_t node = classes_ + y; node > 1; node /= 2)
      out = add_rival(out, rivals_.col(index(node ^ 1U)));
    return out;
  }

  /// The objective if the scores of class y were these; `rivals` is `rivals_without(y)`.
  [[nodiscard]] double objective(std::size_t y, const array& score, const array& rivals) const {
    array values = value(truth_, add_rival(rivals, score));
    for (const Eigen::Index i : rows_of_[y]) values[i] = Objective::value(score[i], rivals[i]);
    return (weights_ * values).template cast<double>().sum();
  }
  /// The objective as things stand.
  [[nodiscard]] double objective() const {
    const array values = value(truth_, rivals_.col(1));
    return (weights_ * values).template cast<double>().sum();
  }

 private:
  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

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
  table rivals_;  // [rows, 2 classes]: node k is above 2k and 2k + 1; class y is node classes + y
};

}  // namespace mll::detail
