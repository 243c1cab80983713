// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/select/head_search.hpp"
#include "mll/select/objective.hpp"

namespace mll::detail {

/// The class scores of a growing choice of heads, and what the objective would be with one class changed.
template <selection_objective Objective>
class joint_scores {
 public:
  explicit joint_scores(const head_pool& pool)
      : pool_{&pool},
        chosen_(pool.logits.size()),
        sums_{Eigen::ArrayXXf::Zero(static_cast<Eigen::Index>(pool.rows.size()),
                                    static_cast<Eigen::Index>(pool.logits.size()))},
        scores_{sums_} {}

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
  [[nodiscard]] Eigen::ArrayXf with(std::size_t y, std::size_t candidate) const {
    const auto count = static_cast<float>(chosen_[y].size() + 1);
    return (sums_.col(index(y)) + pool_->logits[y].col(index(candidate))) / count;
  }
  /// Score of class y if `candidate` took a slot.
  [[nodiscard]] Eigen::ArrayXf swapped(std::size_t y, std::size_t slot, std::size_t candidate) const {
    const auto count = static_cast<float>(chosen_[y].size());
    const auto& logits = pool_->logits[y];
    return (sums_.col(index(y)) - logits.col(index(chosen_[y][slot])) + logits.col(index(candidate))) / count;
  }

  /// For each row the summary of the rivals of its true class, class y left out.
  [[nodiscard]] Eigen::ArrayXf rivals_without(std::size_t y) const {
    Eigen::ArrayXf out(scores_.rows());
    for (Eigen::Index i = 0; i < scores_.rows(); ++i) {
      const auto truth = index(pool_->rows[static_cast<std::size_t>(i)].label.index());
      float summary = Objective::no_rivals();
      for (Eigen::Index c = 0; c < scores_.cols(); ++c) {
        if (c != index(y) && c != truth) summary = Objective::add_rival(summary, scores_(i, c));
      }
      out[i] = summary;
    }
    return out;
  }

  /// The objective if the scores of class y were these; `rivals` is `rivals_without(y)`.
  [[nodiscard]] double objective(std::size_t y, const Eigen::ArrayXf& score,
                                 const Eigen::ArrayXf& rivals) const {
    double total = 0;
    for (Eigen::Index i = 0; i < score.size(); ++i) {
      const evidence_row& row = pool_->rows[static_cast<std::size_t>(i)];
      const float value = row.label.index() == y
                              ? Objective::value(score[i], rivals[i])
                              : Objective::value(scores_(i, index(row.label.index())),
                                                 Objective::add_rival(rivals[i], score[i]));
      total += static_cast<double>(row.weight) * static_cast<double>(value);
    }
    return total;
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
    scores_.col(index(y)) = sum / static_cast<float>(chosen_[y].size());
  }

  const head_pool* pool_;
  std::vector<std::vector<std::size_t>> chosen_;
  Eigen::ArrayXXf sums_;
  Eigen::ArrayXXf scores_;
};

}  // namespace mll::detail
