// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/product.hpp"
#include "mll/core/detail/roc_area.hpp"
#include "mll/core/detail/solve_large_spd.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/profile/detail/scatter.hpp"
#include "mll/profile/detail/shrink_covariance.hpp"

namespace accuracy {

inline constexpr std::size_t supervised_folds = 5;

/// How well each head of a hub tells the true classes of a task apart: the squared gain `max(0, 2 AUC - 1)`,
/// as in `mll::head_relevance`, by the labels of the task itself, `[classes, heads]`.
inline mll::matrix<float> supervised_relevance(const mll::matrix<float>& responses,
                                               std::span<const std::size_t> truth, std::size_t classes) {
  mll::matrix<float> out(static_cast<Eigen::Index>(classes), responses.cols());
  std::vector<double> equal(classes);  // samples with one response, per class
  std::vector<std::size_t> order(truth.size());
  for (Eigen::Index h = 0; h < responses.cols(); ++h) {
    const auto value = [&](std::size_t i) { return responses(static_cast<Eigen::Index>(i), h); };
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
    std::vector<mll::detail::roc_area> areas(classes);
    for (std::size_t i = 0; i < order.size();) {
      std::fill(equal.begin(), equal.end(), 0.0);
      std::size_t end = i;
      for (; end < order.size() && value(order[end]) == value(order[i]); ++end) ++equal[truth[order[end]]];
      for (std::size_t y = 0; y < classes; ++y)
        areas[y].add(equal[y], static_cast<double>(end - i) - equal[y]);
      i = end;
    }
    for (std::size_t y = 0; y < classes; ++y) {
      const double gain = std::max(0.0, 2 * areas[y].value() - 1);
      out(static_cast<Eigen::Index>(y), h) = static_cast<float>(gain * gain);
    }
  }
  return out;
}

/// The fold of each sample, of `supervised_folds`: every class is dealt evenly, in random order.
inline std::vector<std::size_t> folds_of(std::span<const std::size_t> truth, std::size_t classes,
                                         std::uint64_t seed) {
  std::vector<std::size_t> order(truth.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  mll::random_engine engine{seed};
  mll::shuffle(std::span{order}, engine);
  std::vector<std::size_t> dealt(classes, 0);
  std::vector<std::size_t> fold(truth.size());
  for (const std::size_t i : order) fold[i] = dealt[truth[i]]++ % supervised_folds;
  return fold;
}

/// What a discriminant knows of the samples outside a fold.
struct class_moments {
  mll::matrix<double> means;   // [classes, heads]
  Eigen::MatrixXd covariance;  // [heads, heads], within classes, shrunken
};

/// @param[in] x      `[samples, heads]`
/// @param[in] fold   of each sample; the samples of `f` are left out
/// @param[in] width  heads of the discriminant; decides how much the covariance is shrunken
inline class_moments moments_outside(const mll::matrix<float>& x, std::span<const std::size_t> truth,
                                     std::span<const std::size_t> fold, std::size_t f, std::size_t classes,
                                     double width) {
  const auto row = [](std::size_t i) { return static_cast<Eigen::Index>(i); };
  std::vector<std::size_t> train;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (fold[i] != f) train.push_back(i);
  }
  class_moments out{mll::matrix<double>::Zero(row(classes), x.cols()), {}};
  std::vector<double> count(classes, 0);
  for (const std::size_t i : train) {
    out.means.row(row(truth[i])) += x.row(row(i)).cast<double>();
    ++count[truth[i]];
  }
  for (std::size_t y = 0; y < classes; ++y) out.means.row(row(y)) /= std::max(1.0, count[y]);
  mll::matrix<float> off(row(train.size()), x.cols());
  for (std::size_t i = 0; i < train.size(); ++i)
    off.row(row(i)) = x.row(row(train[i])) - out.means.row(row(truth[train[i]])).cast<float>();
  const double freedom = std::max(1.0, static_cast<double>(train.size()) - static_cast<double>(classes));
  out.covariance = mll::detail::scatter(mll::exec::sequential{}, off, freedom).cast<double>();
  mll::detail::shrink_covariance(out.covariance, 1.2 * std::sqrt(width / freedom));
  return out;
}

/// What supervision reaches with the same heads: a shrunken linear discriminant over all responses of the
/// hub, fitted to the true classes of the task by 5-fold cross-validation. No method of selection: an upper
/// bound.
///
/// @param[in] responses `[samples, heads]`, in [0, 1]
/// @param[in] truth     class of each sample
/// @return probabilities of held-out samples, `[samples, classes]`
inline mll::matrix<float> supervised_lda(const mll::matrix<float>& responses,
                                         std::span<const std::size_t> truth, std::size_t classes,
                                         std::uint64_t seed) {
  const mll::matrix<float> x = (responses.array() + 0.003F).log().matrix();
  const std::vector<std::size_t> fold = folds_of(truth, classes, seed);
  const auto row = [](std::size_t i) { return static_cast<Eigen::Index>(i); };
  mll::matrix<float> out(responses.rows(), row(classes));
  for (std::size_t f = 0; f < supervised_folds; ++f) {
    class_moments known = moments_outside(x, truth, fold, f, classes, static_cast<double>(x.cols()));
    Eigen::MatrixXd weights = known.means.transpose();
    mll::detail::solve_large_spd(std::move(known.covariance), weights);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      if (fold[i] != f) continue;
      Eigen::RowVectorXd score = x.row(row(i)).cast<double>() * weights;
      for (std::size_t y = 0; y < classes; ++y)
        score[row(y)] -= 0.5 * known.means.row(row(y)).dot(weights.col(row(y)).transpose());
      score = (score.array() - score.maxCoeff()).exp();
      out.row(row(i)) = (score / score.sum()).cast<float>();
    }
  }
  return out;
}

}  // namespace accuracy
