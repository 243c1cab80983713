// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/combine/detail/head_move.hpp"
#include "mll/select/combine/detail/rival_tree.hpp"
#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/combine/objective.hpp"

namespace mll::detail {

/// Incremental class scores of a choice of heads, and the objective after a change of one class.
template <selection_objective Objective, std::floating_point Real = float>
class joint_scores {
 public:
  using array = Eigen::Array<Real, Eigen::Dynamic, 1>;

  explicit joint_scores(const logit_pool& pool)
      : pool_{&pool}, chosen_(pool.logits.size()), tree_{pool.rows, pool.logits.size()} {}
  /// Every class starts with its first candidate.
  joint_scores(exec::backend_ref, const logit_pool& pool) : joint_scores{pool} {
    for (std::size_t y = 0; y < chosen_.size(); ++y) add(y, 0);
  }

  [[nodiscard]] std::size_t class_count() const noexcept { return chosen_.size(); }
  [[nodiscard]] std::size_t heads_per_class() const noexcept { return pool_->heads_per_class; }
  [[nodiscard]] std::size_t candidate_count(std::size_t y) const {
    return static_cast<std::size_t>(pool_->logits[y].cols());
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

  /// `add` or `replace`.
  void apply(exec::backend_ref, const head_move& move) {
    if (move.slot == chosen_[move.y].size()) {
      add(move.y, move.candidate);
    } else {
      replace(move.y, move.slot, move.candidate);
    }
  }

  /// The objective of the present choice.
  [[nodiscard]] double objective() const { return tree_.objective(); }
  /// See `rival_tree::drift`.
  [[nodiscard]] std::vector<Real> drift() const {
    const array of_class = tree_.drift();
    return {of_class.data(), of_class.data() + of_class.size()};
  }

  /// Evaluates changes of one class. Invalid once the choice changes.
  class class_trial {
   public:
    /// The objective with a candidate added.
    [[nodiscard]] double with_added(std::size_t candidate) const {
      const auto count = static_cast<Real>(state_->chosen_[y_].size() + 1);
      return state_->tree_.objective(y_, (sum_ + state_->logits(y_, candidate)) / count, rivals_);
    }
    /// The objective with a candidate in place of the one in a slot.
    [[nodiscard]] double with_swapped(std::size_t slot, std::size_t candidate) const {
      const auto& chosen = state_->chosen_[y_];
      const auto count = static_cast<Real>(chosen.size());
      const array others = sum_ - state_->logits(y_, chosen[slot]);
      return state_->tree_.objective(y_, (others + state_->logits(y_, candidate)) / count, rivals_);
    }

   private:
    friend joint_scores;
    class_trial(const joint_scores& state, std::size_t y)
        : state_{&state}, y_{y}, sum_{state.sum(y)}, rivals_{state.tree_.rivals_without(y)} {}

    const joint_scores* state_;
    std::size_t y_;
    array sum_;
    array rivals_;
  };
  /// Complexity: O(rows (log classes + heads of the class)); each evaluation O(rows).
  [[nodiscard]] class_trial try_class(std::size_t y) const { return {*this, y}; }

  /// The objective after each of the moves alone. Consecutive moves of one class share its trial.
  [[nodiscard]] std::vector<double> after(exec::backend_ref backend, std::span<const head_move> moves) const {
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      if (i == 0 || moves[i].y != moves[i - 1].y) first.push_back(i);
    }
    std::vector<double> out(moves.size());
    exec::for_each_index(backend, first.size(), [&](std::size_t k) {
      const std::size_t y = moves[first[k]].y;
      const std::size_t end = k + 1 < first.size() ? first[k + 1] : moves.size();
      const class_trial trial = try_class(y);
      for (std::size_t i = first[k]; i < end; ++i) {
        out[i] = moves[i].slot == chosen_[y].size() ? trial.with_added(moves[i].candidate)
                                                    : trial.with_swapped(moves[i].slot, moves[i].candidate);
      }
    });
    return out;
  }

 private:
  [[nodiscard]] auto logits(std::size_t y, std::size_t candidate) const {
    return pool_->logits[y].col(static_cast<Eigen::Index>(candidate));
  }
  // Recomputed in the order of choice, so that a swap and its reverse cancel exactly.
  [[nodiscard]] array sum(std::size_t y) const {
    array out = array::Zero(tree_.truth().rows());
    for (const std::size_t candidate : chosen_[y]) out += logits(y, candidate);
    return out;
  }
  void refresh(std::size_t y) { tree_.set(y, sum(y) / static_cast<Real>(chosen_[y].size())); }

  const logit_pool* pool_;
  std::vector<std::vector<std::size_t>> chosen_;
  rival_tree<Objective, Real> tree_;
};

}  // namespace mll::detail
