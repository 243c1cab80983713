// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/numerics.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/profile/detail/graph_regressors.hpp"

namespace mll::detail {

MLL_DEFINE matrix<double> graph_regressors::names(const information_content& content,
                                                  std::span<const head_meaning> meanings, node_id v) const {
  matrix<double> out = zeros<double>(by_name, meanings.size());
  if (!v.valid()) return out;
  std::vector<double> similarity(meanings.size(), 0);
  std::vector<double> exponent;
  for (std::size_t m = 0; m + 1 < first_head.size(); ++m) {
    bool all_named = true;
    for (std::size_t h = first_head[m]; h < first_head[m + 1]; ++h) {
      if (!meanings[h].node.valid()) {
        all_named = false;
        continue;
      }
      similarity[h] = lin_similarity(content, meanings[h].node, v);
      row_of(out, by_name - 1)[h] = similarity[h] >= 0.999 ? 1 : 0;
    }
    if (!all_named) continue;
    const std::size_t width = first_head[m + 1] - first_head[m];
    for (std::size_t k = 0; k < name_sharpness.size(); ++k) {
      exponent.assign(similarity.begin() + static_cast<std::ptrdiff_t>(first_head[m]),
                      similarity.begin() + static_cast<std::ptrdiff_t>(first_head[m + 1]));
      for (double& s : exponent) s *= name_sharpness[k];
      const double all = numerics::log_sum_exp(std::span<const double>{exponent});
      const auto to = row_of(out, k).subspan(first_head[m], width);
      for (std::size_t i = 0; i < width; ++i)
        to[i] = exponent[i] - all + std::log(static_cast<double>(width));
    }
  }
  return out;
}

MLL_DEFINE matrix<double> graph_regressors::operator()(const information_content& content,
                                                       std::span<const head_meaning> meanings,
                                                       node_id v) const {
  matrix<double> out = zeros<double>(count, meanings.size());
  const matrix<double> named = names(content, meanings, v);
  for (Eigen::Index i = 0; i < named.size(); ++i) out.data()[i] = named.data()[i] - centre.data()[i];
  std::vector<double> similarity;
  for (const node_id u : nodes) similarity.push_back(u == v ? -1 : lin_similarity(content, u, v));
  for (std::size_t k = 0; k < neighbour_sharpness.size(); ++k) {
    std::vector<double> weight(nodes.size(), 0);
    double total = 0;
    double others = 0;
    for (std::size_t u = 0; u < nodes.size(); ++u) {
      if (similarity[u] < 0) continue;
      total += weight[u] = std::exp(neighbour_sharpness[k] * similarity[u]);
      ++others;
    }
    // Less the plain mean of the same nodes: deviations sum to 0, so the mean of all other nodes would reveal
    // that of the node itself.
    for (std::size_t u = 0; u < nodes.size(); ++u) {
      if (weight[u] > 0)
        add_scaled(weight[u] / total - 1 / others, row_of(deviations, u), row_of(out, by_name + k));
    }
  }
  return out;
}

MLL_DEFINE Eigen::RowVectorXd graph_regressors::predict(const information_content& content,
                                                        std::span<const head_meaning> meanings,
                                                        node_id v) const {
  Eigen::RowVectorXd out = mean;
  if (!v.valid()) return out;
  const matrix<double> regressors = operator()(content, meanings, v);
  for (std::size_t k = 0; k < count; ++k)
    add_scaled(coefficients[k], row_of(regressors, k), {out.data(), meanings.size()});
  return out;
}

}  // namespace mll::detail
