// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/solve_large_spd.hpp"
#include "mll/core/matrix.hpp"
#include "oracle.hpp"

namespace accuracy {

/// The held-out samples of a fold and what its discriminant knows, given the heads of the experts chosen so
/// far: what these explain of the other heads is taken away, so that the discriminant over them and another
/// expert needs the heads of that one only.
class held_out_fold {
 public:
  /// @param[in] rows of `x` that are held out
  held_out_fold(const mll::matrix<float>& x, std::span<const std::size_t> rows, class_moments known)
      : x_(static_cast<Eigen::Index>(rows.size()), x.cols()),
        means_{known.means},
        covariance_{std::move(known.covariance)},
        scores_{Eigen::MatrixXd::Zero(x_.rows(), means_.rows())} {
    for (std::size_t i = 0; i < rows.size(); ++i)
      x_.row(static_cast<Eigen::Index>(i)) = x.row(static_cast<Eigen::Index>(rows[i])).cast<double>();
  }

  /// Scores of the discriminant over the chosen experts, `[rows, classes]`.
  [[nodiscard]] const Eigen::MatrixXd& scores() const { return scores_; }

  /// The same with another expert. @param[in] first, count its heads
  [[nodiscard]] Eigen::MatrixXd scores_with(Eigen::Index first, Eigen::Index count) const {
    Eigen::MatrixXd weights = means_.middleCols(first, count).transpose();
    mll::detail::solve_large_spd(covariance_.block(first, first, count, count), weights);
    const Eigen::RowVectorXd offsets =
        0.5 * weights.cwiseProduct(means_.middleCols(first, count).transpose()).colwise().sum();
    Eigen::MatrixXd out = scores_ + x_.middleCols(first, count) * weights;
    out.rowwise() -= offsets;
    return out;
  }

  /// Adds an expert to the chosen ones.
  void choose(Eigen::Index first, Eigen::Index count) {
    scores_ = scores_with(first, count);
    Eigen::MatrixXd explained = covariance_.middleRows(first, count);
    mll::detail::solve_large_spd(covariance_.block(first, first, count, count), explained);
    for (Eigen::MatrixXd* of : {&x_, &means_, &covariance_}) {
      const Eigen::MatrixXd own = of->middleCols(first, count);
      of->noalias() -= own * explained;
    }
  }

 private:
  Eigen::MatrixXd x_;           // [rows, heads]
  Eigen::MatrixXd means_;       // [classes, heads]
  Eigen::MatrixXd covariance_;  // [heads, heads]
  Eigen::MatrixXd scores_;
};

/// Experts that were chosen by the truth.
struct oracle_choice {
  std::vector<std::size_t> experts;  // in the order of their choice
  mll::matrix<float> probabilities;  // of held-out samples, [samples, classes]
};

/// What supervision reaches with few experts: one after the other is added that makes a linear discriminant
/// over the heads of all chosen ones most accurate (mean of the classes; of equal ones the first), on
/// held-out samples in the folds of `supervised_lda`. No method of selection: an oracle. The same folds
/// choose and judge, so it is above what these experts reach on other samples. With all experts it is
/// `supervised_lda`.
///
/// @param[in] responses `[samples, heads]`, in [0, 1]
/// @param[in] first     first head of each expert, and the number of heads
/// @param[in] truth     class of each sample
/// @param[in] budget    number of experts, at most all
/// Complexity: O(budget (heads^2 + samples heads) heads per expert).
inline oracle_choice supervised_lda_experts(const mll::matrix<float>& responses,
                                            std::span<const std::size_t> first,
                                            std::span<const std::size_t> truth, std::size_t classes,
                                            std::size_t budget, std::uint64_t seed) {
  const auto index = [](std::size_t i) { return static_cast<Eigen::Index>(i); };
  const std::size_t experts = first.size() - 1;
  budget = std::min(budget, experts);
  const mll::matrix<float> x = (responses.array() + 0.003F).log().matrix();
  const double width =
      static_cast<double>(x.cols()) * static_cast<double>(budget) / static_cast<double>(experts);
  const std::vector<std::size_t> fold = folds_of(truth, classes, seed);
  std::vector<std::vector<std::size_t>> rows(supervised_folds);
  std::vector<double> share(classes, 0);  // of a hit in macro accuracy
  for (std::size_t i = 0; i < truth.size(); ++i) {
    rows[fold[i]].push_back(i);
    ++share[truth[i]];
  }
  for (double& one : share) one = 1 / std::max(1.0, one);
  std::vector<held_out_fold> parts;
  for (std::size_t f = 0; f < supervised_folds; ++f)
    parts.emplace_back(x, rows[f], moments_outside(x, truth, fold, f, classes, width));

  const auto heads_of = [&](std::size_t m) {
    return std::pair{index(first[m]), index(first[m + 1] - first[m])};
  };
  const auto hits_with = [&](std::size_t m) {  // a multiple of macro accuracy
    double hits = 0;
    for (std::size_t f = 0; f < supervised_folds; ++f) {
      const Eigen::MatrixXd scores = parts[f].scores_with(heads_of(m).first, heads_of(m).second);
      for (std::size_t i = 0; i < rows[f].size(); ++i) {
        Eigen::Index top = 0;
        scores.row(index(i)).maxCoeff(&top);
        const std::size_t y = truth[rows[f][i]];
        if (static_cast<std::size_t>(top) == y) hits += share[y];
      }
    }
    return hits;
  };
  oracle_choice out;
  std::vector<bool> is_chosen(experts, false);
  while (out.experts.size() < budget) {
    std::size_t best = 0;
    double most = -1;
    for (std::size_t m = 0; m < experts; ++m) {
      const double hits = is_chosen[m] ? -1 : hits_with(m);
      if (hits <= most) continue;
      best = m;
      most = hits;
    }
    for (held_out_fold& part : parts) part.choose(heads_of(best).first, heads_of(best).second);
    is_chosen[best] = true;
    out.experts.push_back(best);
  }
  out.probabilities.resize(responses.rows(), index(classes));
  for (std::size_t f = 0; f < supervised_folds; ++f) {
    for (std::size_t i = 0; i < rows[f].size(); ++i) {
      Eigen::RowVectorXd score = parts[f].scores().row(index(i));
      score = (score.array() - score.maxCoeff()).exp();
      out.probabilities.row(index(rows[f][i])) = (score / score.sum()).cast<float>();
    }
  }
  return out;
}

}  // namespace accuracy
