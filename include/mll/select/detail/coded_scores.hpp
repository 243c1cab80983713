// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/select/coded_head_pool.hpp"
#include "mll/select/detail/packed_rows.hpp"
#include "mll/select/detail/rival_tree.hpp"
#include "mll/select/objective.hpp"

namespace mll::detail {

/// As `joint_scores`, for log-likelihood and coded responses.
///
/// With the score `(sum + l) / n` of the class in question, l the logit of the candidate, t the score of the
/// true class and R the log-sum-exp of the other rivals, a row is worth
/// `-log(1 + e^(R - t) + e^(sum / n - t) e^(l / n))`, and a row of the class itself
/// `-log(1 + e^(R - sum / n) e^(-l / n))`: both are `-log(a + b E[code])` with a table E of 256 numbers for
/// the candidate. Four rows of equal weight share one logarithm, that of their product.
template <class Codec, std::floating_point Real = float>
class coded_scores {
 public:
  using array = Eigen::Array<Real, Eigen::Dynamic, 1>;
  using lookup = Eigen::Array<Real, 256, 1>;

  explicit coded_scores(const coded_head_pool<Codec>& pool)
      : pool_{&pool},
        chosen_(pool.candidates.size()),
        rows_{pool.rows, pool.candidates.size()},
        codes_{rows_, pool},
        tree_{rows_.rows(), pool.candidates.size()} {
    for (int c = 0; c < 256; ++c) grid_[c] = Codec::log_odds(static_cast<std::uint8_t>(c));
  }

  [[nodiscard]] std::size_t class_count() const noexcept { return chosen_.size(); }
  [[nodiscard]] std::size_t heads_per_class() const noexcept { return pool_->heads_per_class; }
  [[nodiscard]] std::size_t candidate_count(std::size_t y) const { return pool_->candidates[y].size(); }
  [[nodiscard]] const std::vector<std::size_t>& chosen(std::size_t y) const { return chosen_[y]; }

  void add(std::size_t y, std::size_t candidate) {
    chosen_[y].push_back(candidate);
    refresh(y);
  }
  void replace(std::size_t y, std::size_t slot, std::size_t candidate) {
    chosen_[y][slot] = candidate;
    refresh(y);
  }

  /// The objective as things stand.
  [[nodiscard]] double objective() const { return tree_.objective(); }
  /// See `rival_tree::disturbance`.
  [[nodiscard]] array disturbance() const { return tree_.disturbance(); }

  /// What the objective would be if one class changed. Invalid when the choice changes.
  class outlook {
   public:
    /// If a candidate joined.
    [[nodiscard]] double with(std::size_t candidate) {
      prepare(state_->chosen_[y_].size());
      return value_of(candidate);
    }
    /// If a candidate took a slot.
    [[nodiscard]] double swapped(std::size_t slot, std::size_t candidate) {
      prepare(slot);
      return value_of(candidate);
    }

   private:
    friend coded_scores;
    outlook(const coded_scores& state, std::size_t y)
        : state_{&state},
          y_{y},
          rivals_{state.tree_.rivals_without(y)},
          free_slot_{state.chosen_[y].size() + 1} {}

    // a and b for a score without the head in a slot (none, if it is one behind the last).
    void prepare(std::size_t slot) {
      if (slot == free_slot_) return;
      free_slot_ = slot;
      const packed_rows& rows = state_->rows_;
      count_ = static_cast<Real>(std::max(state_->chosen_[y_].size(), slot + 1));
      const array sum = state_->sum(y_, slot) / count_;
      const array& truth = state_->tree_.truth();
      a_ = 1 + (rivals_ - truth).min(far).exp();
      b_ = (sum - truth).min(far).exp();
      const auto begin = static_cast<Eigen::Index>(rows.first_of(y_));
      const auto own = static_cast<Eigen::Index>(rows.first_of(y_ + 1)) - begin;
      for (std::size_t strip = 0; strip < packed_rows::strips; ++strip) {
        const auto at = static_cast<Eigen::Index>(strip * rows.width()) + begin;
        a_.segment(at, own).setOnes();
        b_.segment(at, own) = (rivals_ - sum).segment(at, own).min(far).exp();
      }
      for (const Eigen::Index i : rows.fillers()) {
        a_[i] = 1;
        b_[i] = 0;
      }
    }

    [[nodiscard]] double value_of(std::size_t candidate) const {
      const auto& head = state_->pool_->candidates[y_][candidate];
      const lookup logits =
          ((static_cast<Real>(head.slope) * state_->grid_ + static_cast<Real>(head.intercept)) / count_)
              .min(far)
              .max(-far);
      const lookup rise = logits.exp();
      const lookup fall = (-logits).exp();
      const packed_rows& rows = state_->rows_;
      const std::uint8_t* codes = state_->codes_.of(y_, candidate);
      return -(loss(codes, rise, 0, rows.first_of(y_)) +
               loss(codes, fall, rows.first_of(y_), rows.first_of(y_ + 1)) +
               loss(codes, rise, rows.first_of(y_ + 1), rows.width()));
    }

    // Sum of weight log(a + b table[code]) over some places of all strips.
    [[nodiscard]] double loss(const std::uint8_t* codes, const lookup& table, std::size_t begin,
                              std::size_t end) const {
      constexpr std::size_t block = 64;
      constexpr Real worst = 1.3e9F;  // 21 nats a row, so that the product of four is a number
      const packed_rows& rows = state_->rows_;
      Eigen::Array<Real, block, 1> found;
      Eigen::Array<Real, block, 1> product;
      double total = 0;
      for (std::size_t first = begin; first < end; first += block) {
        const auto n = static_cast<Eigen::Index>(std::min(block, end - first));
        for (std::size_t strip = 0; strip < packed_rows::strips; ++strip) {
          const std::size_t offset = strip * rows.width() + first;
          for (Eigen::Index i = 0; i < n; ++i) found[i] = table[codes[offset + static_cast<std::size_t>(i)]];
          const auto at = static_cast<Eigen::Index>(offset);
          const auto odds = (a_.segment(at, n) + b_.segment(at, n) * found.head(n)).min(worst);
          if (strip == 0) {
            product.head(n) = odds;
          } else {
            product.head(n) *= odds;
          }
        }
        total += static_cast<double>(
            (rows.weights().segment(static_cast<Eigen::Index>(first), n) * product.head(n).log()).sum());
      }
      return total;
    }

    // Scores so far apart decide a row for good; beyond this their exponentials leave the range.
    static constexpr Real far = 40;

    const coded_scores* state_;
    std::size_t y_;
    array rivals_;
    std::size_t free_slot_;  // that a_ and b_ are for
    Real count_ = 1;
    array a_;
    array b_;
  };
  /// Complexity: O(rows (log classes + heads of the class)); each question to it O(rows).
  [[nodiscard]] outlook look(std::size_t y) const { return {*this, y}; }

 private:
  // Sum of the logits of the chosen heads but that in a slot, in the order of choice.
  [[nodiscard]] array sum(std::size_t y, std::size_t but) const {
    array out = array::Zero(tree_.truth().rows());
    for (std::size_t slot = 0; slot < chosen_[y].size(); ++slot) {
      if (slot == but) continue;
      const auto& head = pool_->candidates[y][chosen_[y][slot]];
      const std::uint8_t* codes = codes_.of(y, chosen_[y][slot]);
      const lookup logits = static_cast<Real>(head.slope) * grid_ + static_cast<Real>(head.intercept);
      for (Eigen::Index i = 0; i < out.rows(); ++i) out[i] += logits[codes[i]];
    }
    return out;
  }
  void refresh(std::size_t y) {
    const std::size_t count = chosen_[y].size();
    tree_.set(y, sum(y, count) / static_cast<Real>(count));
  }

  const coded_head_pool<Codec>* pool_;
  std::vector<std::vector<std::size_t>> chosen_;
  packed_rows rows_;
  packed_codes codes_;
  rival_tree<log_likelihood, Real> tree_;
  lookup grid_;
};

}  // namespace mll::detail
