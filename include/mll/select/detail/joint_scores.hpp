// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/select/head_search.hpp"
#include "mll/select/objective.hpp"

namespace mll::detail {

/// The class scores of a growing choice of heads, and what the objective would be with one class changed.
///
/// The scores of the rivals of the true class are the leaves of a binary tree whose inner nodes summarise
/// what is below them, so that one class can be left out or changed in O(log classes) a row.
template <selection_objective Objective, std::floating_point Real = float>
class joint_scores {
 public:
  using array = Eigen::Array<Real, Eigen::Dynamic, 1>;
  using table = Eigen::Array<Real, Eigen::Dynamic, Eigen::Dynamic>;

  explicit joint_scores(const head_pool& pool)
      : pool_{&pool},
        chosen_(pool.logits.size()),
        sums_{table::Zero(static_cast<Eigen::Index>(pool.rows.size()),
                          static_cast<Eigen::Index>(pool.logits.size()))},
        scores_{sums_},
        truth_{array::Zero(sums_.rows())},
        weights_(sums_.rows()),
        rows_of_(pool.logits.size()),
        rivals_{table::Constant(sums_.rows(), 2 * sums_.cols(), Objective::no_rivals())} {
    for (std::size_t i = 0; i < pool.rows.size(); ++i) {
      weights_[index(i)] = static_cast<double>(pool.rows[i].weight);
      rows_of_[pool.rows[i].label.index()].push_back(index(i));
    }
    for (std::size_t y = 0; y < chosen_.size(); ++y) fill_leaf(y);
    for (std::size_t node = chosen_.size() - 1; node > 0; --node) summarise(node);
  }

  [[nodiscard]] const std::vector<std::size_t>& chosen(std::size_t y) const { return chosen_[y]; }

  void add(std::size_t y, std::size_t candidate) {
    chosen_[y].push_back(candidate);
    refresh(y);
  }
  void replace(std::size_t y, std::size_t slot, std::size_t candidate) {
    chosen_[y][slot] = candidate;
    refresh(y);
  }

  /// Score of class y if `candidate` joined.
  [[nodiscard]] array with(std::size_t y, std::size_t candidate) const {
    const auto count = static_cast<Real>(chosen_[y].size() + 1);
    return (sums_.col(index(y)) + pool_->logits[y].col(index(candidate))) / count;
  }
  /// Score of class y if `candidate` took a slot.
  [[nodiscard]] array swapped(std::size_t y, std::size_t slot, std::size_t candidate) const {
    const auto count = static_cast<Real>(chosen_[y].size());
    const auto& logits = pool_->logits[y];
    return (sums_.col(index(y)) - logits.col(index(chosen_[y][slot])) + logits.col(index(candidate))) / count;
  }

  /// For each row the summary of the rivals of its true class, class y left out.
  [[nodiscard]] array rivals_without(std::size_t y) const {
    array out = array::Constant(scores_.rows(), Objective::no_rivals());
    for (std::size_t node = chosen_.size() + y; node > 1; node /= 2)
      out = add_rival(out, rivals_.col(index(node ^ 1U)));
    return out;
  }

  /// The objective if the scores of class y were these; `rivals` is `rivals_without(y)`.
  [[nodiscard]] double objective(std::size_t y, const array& score, const array& rivals) const {
    array values = value(truth_, add_rival(rivals, score));
    for (const Eigen::Index i : rows_of_[y]) values[i] = Objective::value(score[i], rivals[i]);
    return (weights_ * values.template cast<double>()).sum();
  }
  /// The objective as things stand.
  [[nodiscard]] double objective() const { return objective(0, scores_.col(0), rivals_without(0)); }

 private:
  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

  // Summed anew in the order of choice, so that a swap and its reverse leave no rounding behind.
  void refresh(std::size_t y) {
    auto sum = sums_.col(index(y));
    sum.setZero();
    for (const std::size_t candidate : chosen_[y]) sum += pool_->logits[y].col(index(candidate));
    scores_.col(index(y)) = sum / static_cast<Real>(chosen_[y].size());
    fill_leaf(y);
    for (std::size_t node = (chosen_.size() + y) / 2; node > 0; node /= 2) summarise(node);
  }
  void fill_leaf(std::size_t y) {
    auto leaf = rivals_.col(index(chosen_.size() + y));
    leaf = scores_.col(index(y));
    for (const Eigen::Index i : rows_of_[y]) {
      truth_[i] = leaf[i];
      leaf[i] = Objective::no_rivals();
    }
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

  const head_pool* pool_;
  std::vector<std::vector<std::size_t>> chosen_;
  table sums_;
  table scores_;
  array truth_;                                     // [rows]: score of the true class
  Eigen::ArrayXd weights_;                          // [rows]
  std::vector<std::vector<Eigen::Index>> rows_of_;  // of each class
  table rivals_;  // [rows, 2 classes]: node k is above 2k and 2k + 1; class y is node classes + y
};

}  // namespace mll::detail
