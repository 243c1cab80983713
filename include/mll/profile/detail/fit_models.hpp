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
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/profile/detail/graph_regressors.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/detail/text_to_image.hpp"

namespace mll::detail {

/// What some models contribute to the regressors, whatever other models there are: all but the coefficients.
/// @param[in] models positions of the models, increasing
/// @param[in] means  `[nodes, at least as many columns as heads]`: of the responses
MLL_LOCAL graph_regressors fit_models(exec::backend_ref backend, const decoded_hub& hub,
                                      std::span<const std::size_t> models, const sample_layout& samples,
                                      const matrix<double>& means) {
  constexpr std::size_t count = graph_regressors::count;
  const std::size_t nodes = samples.nodes().size();
  graph_regressors out;
  out.nodes.assign(samples.nodes().begin(), samples.nodes().end());
  out.first_head.push_back(0);
  std::vector<head_meaning> meanings;
  for (const std::size_t m : models) {
    for (std::size_t h = hub.first_head[m]; h < hub.first_head[m + 1]; ++h)
      meanings.push_back(hub.meanings[h]);
    out.first_head.push_back(meanings.size());
  }
  const std::size_t heads = meanings.size();
  out.deviations.resize(static_cast<Eigen::Index>(nodes), static_cast<Eigen::Index>(heads));
  for (std::size_t v = 0; v < nodes; ++v) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      std::copy(row_of(means, v).begin() + static_cast<std::ptrdiff_t>(hub.first_head[models[i]]),
                row_of(means, v).begin() + static_cast<std::ptrdiff_t>(hub.first_head[models[i] + 1]),
                row_of(out.deviations, v).begin() + static_cast<std::ptrdiff_t>(out.first_head[i]));
    }
  }
  std::vector<double> weight(nodes);
  for (std::size_t v = 0; v < nodes; ++v) weight[v] = node_weight(samples.rows_at(v).count);
  double total = 0;
  for (const double w : weight) total += w;
  out.mean.resize(static_cast<Eigen::Index>(heads));
  const std::span<double> mean{out.mean.data(), heads};
  std::fill(mean.begin(), mean.end(), 0.0);
  for (std::size_t v = 0; v < nodes; ++v)
    add_scaled(weight[v] / std::max(1e-12, total), row_of(out.deviations, v), mean);
  for (std::size_t v = 0; v < nodes; ++v) {
    const auto row = row_of(out.deviations, v);
    for (std::size_t h = 0; h < heads; ++h) row[h] -= mean[h];
  }

  std::vector<matrix<double>> by_name(nodes);
  exec::for_each_index(backend, nodes,
                       [&](std::size_t v) { by_name[v] = out.names(*hub.content, meanings, out.nodes[v]); });
  out.centre = zeros<double>(graph_regressors::by_name, heads);
  for (const auto& block : by_name) {
    for (Eigen::Index i = 0; i < block.size(); ++i)
      out.centre.data()[i] += block.data()[i] / static_cast<double>(nodes);
  }
  by_name.clear();

  // Summed node by node for each model: the same whatever other models there are, and on every backend.
  out.equations = zeros<double>(models.size(), count * (count + 1));
  constexpr std::size_t nodes_together = 64;
  std::vector<matrix<double>> of_node;
  for (std::size_t first = 0; first < nodes; first += nodes_together) {
    of_node.resize(std::min(nodes_together, nodes - first));
    exec::for_each_index(backend, of_node.size(), [&](std::size_t i) {
      const std::size_t v = first + i;
      matrix<double> regressors = out(*hub.content, meanings, out.nodes[v]);
      for (std::size_t h = 0; h < heads; ++h) {
        if (meanings[h].node.valid()) continue;
        for (std::size_t k = 0; k < count; ++k) row_of(regressors, k)[h] = 0;
      }
      of_node[i].resize(out.equations.rows(), out.equations.cols());
      for (std::size_t m = 0; m < models.size(); ++m) {
        const auto own = [&](std::span<const double> row) {
          return row.subspan(out.first_head[m], out.first_head[m + 1] - out.first_head[m]);
        };
        const std::span<double> to = row_of(of_node[i], m);
        for (std::size_t k = 0; k < count; ++k) {
          const std::span<const double> x = own(row_of(std::as_const(regressors), k));
          for (std::size_t j = 0; j <= k; ++j) {
            to[k * count + j] = to[j * count + k] =
                weight[v] * dot(x, own(row_of(std::as_const(regressors), j)));
          }
          to[count * count + k] = weight[v] * dot(x, own(row_of(std::as_const(out.deviations), v)));
        }
      }
    });
    for (const matrix<double>& part : of_node) {
      for (Eigen::Index i = 0; i < part.size(); ++i) out.equations.data()[i] += part.data()[i];
    }
  }
  return out;
}

/// Joins what is kept with what was computed, in the order of the hub, and solves for the coefficients.
/// @param[in] made of the models that are not kept
MLL_LOCAL graph_regressors join_regressors(graph_regressors made, const kept_parts& kept,
                                           std::vector<std::size_t> first_head) {
  constexpr std::size_t count = graph_regressors::count;
  const std::size_t models = first_head.size() - 1;
  graph_regressors out;
  if (made.first_head.size() == first_head.size()) {
    out = std::move(made);
  } else {
    const std::size_t heads = first_head.back();
    out.mean.resize(static_cast<Eigen::Index>(heads));
    out.deviations = zeros<double>(made.nodes.size(), heads);
    out.centre = zeros<double>(graph_regressors::by_name, heads);
    out.equations = zeros<double>(models, count * (count + 1));
    std::size_t next = 0;  // of what was computed
    for (std::size_t m = 0; m < models; ++m) {
      const bool is_made = kept.place(m) == kept_parts::none;
      const graph_regressors& from = is_made ? made : kept.previous->regressors;
      const std::size_t at = is_made ? next++ : kept.place(m);
      const std::size_t width = first_head[m + 1] - first_head[m];
      const auto copy = [&](const matrix<double>& source, matrix<double>& to) {
        for (std::size_t r = 0; r < static_cast<std::size_t>(to.rows()); ++r)
          std::copy_n(row_of(source, r).data() + from.first_head[at], width,
                      row_of(to, r).data() + first_head[m]);
      };
      copy(from.deviations, out.deviations);
      copy(from.centre, out.centre);
      std::copy_n(from.mean.data() + from.first_head[at], width, out.mean.data() + first_head[m]);
      std::copy_n(row_of(from.equations, at).data(), count * (count + 1), row_of(out.equations, m).data());
    }
    out.nodes = std::move(made.nodes);
    out.first_head = std::move(first_head);
  }
  matrix<double> left = zeros<double>(count, count);
  out.coefficients.fill(0);
  for (std::size_t m = 0; m < models; ++m) {
    const std::span<const double> part = row_of(std::as_const(out.equations), m);
    for (std::size_t i = 0; i < count * count; ++i) left.data()[i] += part[i];
    for (std::size_t k = 0; k < count; ++k) out.coefficients[k] += part[count * count + k];
  }
  for (std::size_t k = 0; k < count; ++k) row_of(left, k)[k] += 1e-6;
  solve_spd(left, out.coefficients);
  return out;
}

}  // namespace mll::detail
