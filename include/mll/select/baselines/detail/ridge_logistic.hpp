// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/baselines/detail/lbfgs.hpp"
#include "mll/select/ensemble/detail/combiner.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll::detail {

/// Class-balanced multinomial logistic regression with a ridge, on standardised `log(p + 0.003)`:
/// minimises `-(1/C) sum_i w_i log P(y_i | x_i) + lambda/2 |W|^2` (the bias is free).
///
/// @param[in] log_odds `[rows, heads]`
/// @param[in] rows     the samples; the weights of each class sum to 1
MLL_LOCAL linear_correction fit_ridge_logistic(const Eigen::ArrayXXf& log_odds, std::span<const example> rows,
                                               std::size_t classes, double lambda) {
  const auto n = static_cast<std::size_t>(log_odds.rows());
  const auto heads = static_cast<std::size_t>(log_odds.cols());
  const auto width = static_cast<Eigen::Index>(classes);
  linear_correction out;
  out.mean.resize(log_odds.cols());
  out.scale.resize(log_odds.cols());
  matrix<float> x(log_odds.rows(), log_odds.cols());
  matrix<float> transposed(log_odds.cols(), log_odds.rows());
  for (std::size_t h = 0; h < heads; ++h) {
    const std::span<float> feature = row_of(transposed, h);
    std::copy_n(log_odds.data() + h * n, n, feature.begin());
    numerics::to_log_probability(feature);
    const float mean = std::accumulate(feature.begin(), feature.end(), 0.0F) / static_cast<float>(n);
    float squares = 0;
    for (float& value : feature) squares += (value - mean) * (value - mean);
    const float scale = 1 / (std::sqrt(squares / static_cast<float>(n)) + 1e-3F);
    for (std::size_t i = 0; i < n; ++i) row_of(x, i)[h] = feature[i] = (feature[i] - mean) * scale;
    out.mean[static_cast<Eigen::Index>(h)] = mean;
    out.scale[static_cast<Eigen::Index>(h)] = scale;
  }

  // Coefficients are packed class by class: one per head, then the bias.
  matrix<float> weights(log_odds.cols(), width);
  const auto loss = [&](std::span<const double> packed, std::span<double> gradient) {
    double total = 0;
    for (std::size_t y = 0; y < classes; ++y) {
      const auto w = packed.subspan(y * (heads + 1), heads);
      for (std::size_t h = 0; h < heads; ++h) row_of(weights, h)[y] = static_cast<float>(w[h]);
      total += 0.5 * lambda * dot(w, w);
    }
    matrix<float> residual = product<float>(x, weights);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t y = 0; y < classes; ++y)
        row_of(residual, i)[y] += static_cast<float>(packed[y * (heads + 1) + heads]);
    }
    log_softmax_rows(residual);
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      const std::span<float> row = row_of(residual, i);
      const std::size_t own = rows[i].target.index();
      const float share = rows[i].weight / static_cast<float>(classes);
      total -= static_cast<double>(share) * static_cast<double>(row[own]);
      exp_in_place(row);
      row[own] -= 1;
      for (std::size_t y = 0; y < classes; ++y) {
        row[y] *= share;
        gradient[y * (heads + 1) + heads] += static_cast<double>(row[y]);
      }
    }
    const matrix<float> by_head = product<float>(transposed, residual);
    for (std::size_t h = 0; h < heads; ++h) {
      for (std::size_t y = 0; y < classes; ++y) {
        const std::size_t at = y * (heads + 1) + h;
        gradient[at] = static_cast<double>(row_of(by_head, h)[y]) + lambda * packed[at];
      }
    }
    return total;
  };
  std::vector<double> packed((heads + 1) * classes, 0);
  minimise_lbfgs(std::span{packed}, loss, 200, 1e-5);
  out.weights.resize(log_odds.cols(), width);
  out.bias.resize(width);
  for (std::size_t y = 0; y < classes; ++y) {
    const auto at = static_cast<Eigen::Index>(y);
    for (std::size_t h = 0; h < heads; ++h)
      out.weights(static_cast<Eigen::Index>(h), at) = static_cast<float>(packed[y * (heads + 1) + h]);
    out.bias[at] = static_cast<float>(packed[y * (heads + 1) + heads]);
  }
  return out;
}

}  // namespace mll::detail
