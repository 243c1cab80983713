// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/hub_profile.hpp"

namespace mll::detail {

/// Weight of the mean of n samples in fits over all nodes, below 1: many samples weigh no more than one node.
[[nodiscard]] inline double node_weight(std::size_t samples) {
  return static_cast<double>(samples) / (static_cast<double>(samples) + 5);
}

/// Ridge regression of the mean embedding of a node on the embedding of its text.
/// @param[in]     counts samples per node; nodes without samples have no part
/// @param[in]     means  `[nodes, at least dim]`: mean embeddings in the last `dim` columns
/// @param[in,out] out    `node_texts` in; `mean`, `text_mean` and `text_to_image` out
MLL_LOCAL void fit_text_to_image(std::span<const std::size_t> counts, const matrix<double>& means,
                                 const dense_algebra& algebra, hub_profile::general_model_part& out) {
  const matrix<float>& node_texts = out.node_texts;
  const auto dim = static_cast<std::size_t>(node_texts.cols());
  const std::size_t nodes = counts.size();
  const std::size_t first = static_cast<std::size_t>(means.cols()) - dim;
  const auto embedding = [&](std::size_t v) { return row_of(means, v).subspan(first); };
  std::vector<double> weight(nodes);
  double total = 0;
  double present = 0;
  for (std::size_t v = 0; v < nodes; ++v) {
    total += weight[v] = node_weight(counts[v]);
    present += counts[v] == 0 ? 0 : 1;
  }
  out.mean.resize(static_cast<Eigen::Index>(dim));
  out.text_mean.resize(static_cast<Eigen::Index>(dim));
  const std::span<double> mean{out.mean.data(), dim};
  const std::span<double> text_mean{out.text_mean.data(), dim};
  std::fill(mean.begin(), mean.end(), 0.0);
  std::fill(text_mean.begin(), text_mean.end(), 0.0);
  for (std::size_t v = 0; v < nodes; ++v) {
    if (counts[v] == 0) continue;
    add_scaled(weight[v] / total, embedding(v), mean);
    for (std::size_t d = 0; d < dim; ++d)
      text_mean[d] += static_cast<double>(row_of(node_texts, v)[d]) / present;
  }

  Eigen::MatrixXd left(node_texts.cols(), node_texts.cols());
  out.text_to_image.resize(node_texts.cols(), node_texts.cols());
  std::fill_n(left.data(), left.size(), 0.0);
  std::fill_n(out.text_to_image.data(), out.text_to_image.size(), 0.0);
  const auto column = [&](Eigen::MatrixXd& of, std::size_t c) { return std::span{of.data() + c * dim, dim}; };
  std::vector<double> text(dim);
  for (std::size_t v = 0; v < nodes; ++v) {
    if (counts[v] == 0) continue;
    for (std::size_t d = 0; d < dim; ++d)
      text[d] = static_cast<double>(row_of(node_texts, v)[d]) - text_mean[d];
    for (std::size_t d = 0; d < dim; ++d) {
      add_scaled(weight[v] * text[d], text, column(left, d));
      add_scaled(weight[v] * (embedding(v)[d] - mean[d]), text, column(out.text_to_image, d));
    }
  }
  for (std::size_t d = 0; d < dim; ++d) column(left, d)[d] += 1;
  algebra.solve(std::move(left), out.text_to_image);
}

}  // namespace mll::detail
