// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/detail/text_to_image.hpp"
#include "mll/profile/profile.hpp"

namespace mll {

namespace detail {

/// Brings log-odds to the scale of the profile and appends the general model's embeddings: `[rows, heads +
/// dim]`.
MLL_LOCAL matrix<float> profiled_responses(exec::backend_ref backend, const matrix<float>& log_odds,
                                           const hub_profile& hub) {
  const auto heads = static_cast<std::size_t>(log_odds.cols());
  const auto dim = static_cast<std::size_t>(hub.general.embeddings.cols());
  const auto rows = static_cast<std::size_t>(log_odds.rows());
  matrix<float> out(log_odds.rows(), static_cast<Eigen::Index>(heads + dim));
  exec::for_each_index(backend, rows, [&](std::size_t r) {
    const std::span<float> row = row_of(out, r);
    std::copy_n(row_of(log_odds, r).begin(), heads, row.begin());
    numerics::to_log_probability(row.first(heads));
    for (std::size_t h = 0; h < heads; ++h)
      row[h] += static_cast<float>(hub.log_width[static_cast<Eigen::Index>(h)]);
    if (dim != 0)
      std::copy_n(row_of(hub.general.embeddings, r).begin(), dim,
                  row.begin() + static_cast<std::ptrdiff_t>(heads));
  });
  return out;
}

/// Subtracts from each row the mean of its node. @return the means `[nodes, columns]`
MLL_LOCAL matrix<double> centre_by_node(exec::backend_ref backend, const sample_layout& samples,
                                        matrix<float>& rows) {
  matrix<double> means = zeros<double>(samples.nodes().size(), static_cast<std::size_t>(rows.cols()));
  exec::for_each_index(backend, samples.nodes().size(), [&](std::size_t at) {
    const auto range = samples.rows_at(at);
    const std::span<double> mean = row_of(means, at);
    for (std::size_t r = range.first; r < range.first + range.count; ++r) {
      const std::span<const float> row = row_of(rows, r);
      for (std::size_t c = 0; c < row.size(); ++c) mean[c] += static_cast<double>(row[c]);
    }
    for (double& sum : mean) sum /= static_cast<double>(range.count);
    for (std::size_t r = range.first; r < range.first + range.count; ++r) {
      const std::span<float> row = row_of(rows, r);
      for (std::size_t c = 0; c < row.size(); ++c) row[c] -= static_cast<float>(mean[c]);
    }
  });
  return means;
}

/// @param[in] means `[nodes, at least as many columns as heads]`: of the responses
MLL_LOCAL void fit_graph_regressors(exec::backend_ref backend, const information_content& content,
                                    std::span<const head_meaning> meanings, const sample_layout& samples,
                                    const matrix<double>& means, graph_regressors& out) {
  constexpr std::size_t count = graph_regressors::count;
  const std::size_t heads = meanings.size();
  const std::size_t nodes = samples.nodes().size();
  out.nodes.assign(samples.nodes().begin(), samples.nodes().end());
  std::vector<double> weight(nodes);
  for (std::size_t v = 0; v < nodes; ++v) weight[v] = node_weight(samples.rows_at(v).count);
  double total = 0;
  for (const double w : weight) total += w;
  out.mean.resize(static_cast<Eigen::Index>(heads));
  const std::span<double> mean{out.mean.data(), heads};
  std::fill(mean.begin(), mean.end(), 0.0);
  for (std::size_t v = 0; v < nodes; ++v)
    add_scaled(weight[v] / std::max(1e-12, total), row_of(means, v).first(heads), mean);
  out.deviations.resize(static_cast<Eigen::Index>(nodes), static_cast<Eigen::Index>(heads));
  for (std::size_t v = 0; v < nodes; ++v) {
    const auto row = row_of(out.deviations, v);
    for (std::size_t h = 0; h < heads; ++h) row[h] = row_of(means, v)[h] - mean[h];
  }

  std::vector<matrix<double>> by_name(nodes);
  exec::for_each_index(backend, nodes,
                       [&](std::size_t v) { by_name[v] = out.names(content, meanings, out.nodes[v]); });
  out.centre = zeros<double>(graph_regressors::by_name, heads);
  for (const auto& block : by_name) {
    for (Eigen::Index i = 0; i < block.size(); ++i)
      out.centre.data()[i] += block.data()[i] / static_cast<double>(nodes);
  }

  struct normal_equations {
    std::array<double, count * count> left{};
    std::array<double, count> right{};
  };
  std::vector<normal_equations> of_node(nodes);
  exec::for_each_index(backend, nodes, [&](std::size_t v) {
    matrix<double> regressors = out(content, meanings, out.nodes[v]);
    for (std::size_t h = 0; h < heads; ++h) {
      if (meanings[h].node.valid()) continue;
      for (std::size_t k = 0; k < count; ++k) row_of(regressors, k)[h] = 0;
    }
    for (std::size_t k = 0; k < count; ++k) {
      const std::span<const double> x = row_of(regressors, k);
      of_node[v].right[k] = weight[v] * dot(x, row_of(out.deviations, v));
      for (std::size_t j = 0; j < count; ++j)
        of_node[v].left[k * count + j] = weight[v] * dot(x, row_of(regressors, j));
    }
  });
  matrix<double> left = zeros<double>(count, count);
  out.coefficients.fill(0);
  for (const normal_equations& part : of_node) {
    for (std::size_t i = 0; i < part.left.size(); ++i) left.data()[i] += part.left[i];
    for (std::size_t k = 0; k < count; ++k) out.coefficients[k] += part.right[k];
  }
  for (std::size_t k = 0; k < count; ++k) row_of(left, k)[k] += 1e-6;
  solve_spd(left, out.coefficients);
}

/// Brings the embeddings of the general model, the last columns, to the spread of the responses.
MLL_LOCAL float scale_embeddings(matrix<float>& responses, std::size_t heads) {
  double of_heads = 0;
  double of_embeddings = 0;
  const auto rows = static_cast<std::size_t>(responses.rows());
  const std::size_t dim = static_cast<std::size_t>(responses.cols()) - heads;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::span<const float> row = row_of(responses, r);
    for (std::size_t c = 0; c < row.size(); ++c)
      (c < heads ? of_heads : of_embeddings) += static_cast<double>(row[c]) * static_cast<double>(row[c]);
  }
  if (of_embeddings == 0) return 1;
  const auto scale = static_cast<float>(
      std::sqrt(of_heads / static_cast<double>(heads) / (of_embeddings / static_cast<double>(dim))));
  for (std::size_t r = 0; r < rows; ++r) {
    for (float& x : row_of(responses, r).subspan(heads)) x *= scale;
  }
  return scale;
}

MLL_LOCAL void check_general(const general_model_labels& general, const sample_layout& samples) {
  if (general.samples != 0 && general.samples != samples.fingerprint())
    throw invalid_argument{"general", "labels on the samples of the hub", "labels on other samples"};
  const auto rows = static_cast<Eigen::Index>(samples.row_count());
  const auto nodes = static_cast<Eigen::Index>(samples.nodes().size());
  if (general.embeddings.rows() == rows && general.node_texts.rows() == nodes &&
      general.node_texts.cols() == general.embeddings.cols()) {
    return;
  }
  const auto shape = [](const matrix<float>& values) {
    return "[" + std::to_string(values.rows()) + ", " + std::to_string(values.cols()) + "]";
  };
  throw invalid_argument{"general",
                         std::to_string(rows) + " embeddings of samples and " + std::to_string(nodes) +
                             " texts of nodes, of one dimension",
                         shape(general.embeddings) + " and " + shape(general.node_texts)};
}

}  // namespace detail

MLL_DEFINE hub_profile detail::profile_responses(exec::backend_ref backend, const sample_layout& samples,
                                                 const matrix<float>& log_odds, head_names_of_hub names,
                                                 const general_model_labels* general,
                                                 std::shared_ptr<const dense_algebra> algebra) {
  if (samples.row_count() == 0) throw invalid_argument{"labels", "at least one sample", "none"};
  if (general != nullptr) check_general(*general, samples);
  hub_profile out;
  out.algebra = algebra != nullptr ? std::move(algebra) : host_algebra::shared();
  out.content = std::move(names.content);
  out.meanings = std::move(names.meanings);
  out.regressors.first_head = std::move(names.first_head);
  out.log_width.resize(static_cast<Eigen::Index>(out.head_count()));
  const auto& first = out.regressors.first_head;
  for (std::size_t m = 0; m + 1 < first.size(); ++m) {
    const auto width = static_cast<double>(first[m + 1] - first[m]);
    std::fill(out.log_width.data() + first[m], out.log_width.data() + first[m + 1], std::log(width));
  }
  if (general != nullptr) out.general.embeddings = general->embeddings;

  matrix<float> responses = profiled_responses(backend, log_odds, out);
  const matrix<double> means = centre_by_node(backend, samples, responses);
  out.degrees_of_freedom = static_cast<double>(samples.row_count() - samples.nodes().size());
  if (out.has_general()) {
    out.general.scale = scale_embeddings(responses, out.head_count());
    out.general.node_texts = general->node_texts;
    std::vector<std::size_t> counts(samples.nodes().size());
    for (std::size_t v = 0; v < counts.size(); ++v) counts[v] = samples.rows_at(v).count;
    fit_text_to_image(counts, means, *out.algebra, out.general);
  }
  out.covariance = out.algebra->scatter(backend, responses, std::max(1.0, out.degrees_of_freedom));
  fit_graph_regressors(backend, *out.content, out.meanings, samples, means, out.regressors);
  return out;
}

}  // namespace mll
