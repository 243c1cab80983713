// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/experts/detail/kept_profile.hpp"
#include "mll/select/experts/fit_membership.hpp"

namespace mll {

namespace detail {

/// At most `count` of some values, evenly spaced.
MLL_LOCAL std::vector<std::size_t> evenly_spaced(std::span<const std::size_t> from, std::size_t count) {
  std::vector<std::size_t> out;
  const std::size_t taken = std::min(count, from.size());
  for (std::size_t i = 0; i < taken; ++i) out.push_back(from[i * from.size() / taken]);
  return out;
}

/// Hub heads of an ensemble by their positions in it, those that vote first; at most so many, increasing.
MLL_LOCAL std::vector<std::uint32_t> membership_heads(const ensemble& fitted, std::size_t max_heads) {
  std::vector<bool> votes(fitted.heads.size(), false);
  for (const auto& of_class : fitted.votes) {
    for (const vote& v : of_class) votes[v.head] = true;
  }
  std::vector<std::uint32_t> out;
  for (const bool voting : {true, false}) {
    for (std::size_t h = 0; h < fitted.heads.size() && out.size() < max_heads; ++h) {
      if (votes[h] == voting && fitted.heads[h].model.valid()) out.push_back(static_cast<std::uint32_t>(h));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Nodes of a layout, by position: nodes of the task, and nodes of no class.
struct nodes_by_role {
  std::vector<std::size_t> task;
  std::vector<std::size_t> others;
};

MLL_LOCAL nodes_by_role roles_of_nodes(const task_evidence& evidence, std::size_t max_task_nodes) {
  nodes_by_role out;
  const auto nodes = evidence.samples().nodes();
  const auto& of_classes = evidence.class_nodes();
  const std::size_t per_class = std::max<std::size_t>(1, max_task_nodes / of_classes.size());
  std::vector<bool> is_other(nodes.size(), true);
  std::vector<bool> is_taken(nodes.size(), false);
  for (const auto& of_class : of_classes) {
    std::vector<std::size_t> positions;
    for (const auto& one : of_class) {
      positions.push_back(one.node);
      is_other[one.node] = false;
    }
    for (const std::size_t v : evenly_spaced(positions, per_class)) {
      if (!is_taken[v]) out.task.push_back(v);
      is_taken[v] = true;
    }
  }
  const ancestor_table& ancestors = evidence.profile()->content->ancestors();
  for (std::size_t v = 0; v < nodes.size(); ++v) {
    const auto& classes = evidence.match().classes;
    const bool is_related = std::any_of(classes.begin(), classes.end(), [&](const class_match& found) {
      return found.node.valid() && (ancestors.find(nodes[v], found.node) != nullptr ||
                                    ancestors.find(found.node, nodes[v]) != nullptr);
    });
    if (is_other[v] && !is_related) out.others.push_back(v);
  }
  return out;
}

/// Mean of the responses, then of the scaled embeddings, to the samples of a node of the layout.
MLL_LOCAL void node_mean(const task_evidence& evidence, std::span<const std::uint32_t> positions,
                         std::size_t dim, std::size_t v, std::span<double> out) {
  const hub_profile& hub = *evidence.profile();
  const auto deviations = row_of(hub.regressors.deviations, v);
  for (std::size_t h = 0; h < positions.size(); ++h)
    out[h] = hub.regressors.mean[positions[h]] + deviations[positions[h]];
  const auto rows = evidence.samples().rows_at(v);
  const std::span<double> mean = out.subspan(positions.size());
  std::fill(mean.begin(), mean.end(), 0.0);
  const double weight = static_cast<double>(hub.general.scale) / static_cast<double>(rows.count);
  for (std::size_t r = rows.first; dim != 0 && r < rows.first + rows.count; ++r) {
    const auto embedding = row_of(hub.general.embeddings, r);
    for (std::size_t d = 0; d < dim; ++d) mean[d] += weight * static_cast<double>(embedding[d]);
  }
}

/// Of too many others, the half that is nearest to the means of the task, and as many evenly spaced ones.
MLL_LOCAL void limit_others(exec::backend_ref backend, const task_evidence& evidence,
                            std::span<const std::uint32_t> positions, std::size_t dim,
                            const matrix<double>& of_task, std::size_t limit,
                            std::vector<std::size_t>& others) {
  if (others.size() <= limit) return;
  std::vector<double> distance(others.size());
  exec::for_each_index(backend, others.size(), [&](std::size_t i) {
    std::vector<double> mean(positions.size() + dim);
    node_mean(evidence, positions, dim, others[i], mean);
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t t = 0; t < static_cast<std::size_t>(of_task.rows()); ++t) {
      double sum = 0;
      const auto centre = row_of(of_task, t);
      for (std::size_t d = 0; d < mean.size(); ++d) sum += (mean[d] - centre[d]) * (mean[d] - centre[d]);
      best = std::min(best, sum);
    }
    distance[i] = best;
  });
  std::vector<std::size_t> order(others.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return distance[a] < distance[b]; });
  const auto near = static_cast<std::ptrdiff_t>(limit / 2);
  std::vector<std::size_t> rest(order.begin() + near, order.end());
  std::sort(rest.begin(), rest.end());
  std::vector<std::size_t> kept(order.begin(), order.begin() + near);
  const auto spread = evenly_spaced(rest, limit - limit / 2);
  kept.insert(kept.end(), spread.begin(), spread.end());
  std::sort(kept.begin(), kept.end());
  for (std::size_t& i : kept) i = others[i];
  others = std::move(kept);
}

}  // namespace detail

MLL_DEFINE std::optional<membership> fit_membership(exec::backend_ref backend, const task_evidence& evidence,
                                                    const ensemble& fitted,
                                                    const membership_options& options) {
  if (evidence.profile() == nullptr) return {};
  const hub_profile& hub = *evidence.profile();
  membership out;
  out.heads = detail::membership_heads(fitted, options.max_heads);
  std::vector<std::uint32_t> positions;
  for (const std::uint32_t h : out.heads)
    positions.push_back(static_cast<std::uint32_t>(evidence.position(fitted.heads[h])));
  const detail::kept_profile<> profile{backend, evidence, positions};
  const std::size_t heads = positions.size();
  const std::size_t dim = fitted.uses_embeddings() ? profile.dim() : 0;
  const std::size_t width = heads + dim;
  if (width == 0) return {};
  detail::nodes_by_role nodes = detail::roles_of_nodes(evidence, options.max_task_nodes);
  std::vector<std::size_t> unseen;  // classes without samples
  for (std::size_t y = 0; y < evidence.class_count(); ++y) {
    const bool is_predicted = dim != 0 || evidence.match().classes[y].node.valid();
    if (evidence.class_nodes()[y].empty() && is_predicted) unseen.push_back(y);
  }
  const std::size_t of_task = nodes.task.size() + unseen.size();

  matrix<double> means = detail::zeros<double>(of_task, width);
  exec::for_each_index(backend, nodes.task.size(), [&](std::size_t t) {
    detail::node_mean(evidence, positions, dim, nodes.task[t], detail::row_of(means, t));
  });
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    const auto row = detail::row_of(means, nodes.task.size() + i);
    if (heads != 0) {
      const auto expected = profile.expected_response(evidence.match().classes[unseen[i]].node);
      std::copy(expected.begin(), expected.end(), row.begin());
    }
    if (dim == 0) continue;
    const auto expected =
        profile.expected_embedding(detail::row_of(evidence.general()->class_texts(), unseen[i]));
    std::copy(expected.begin(), expected.end(), row.begin() + static_cast<std::ptrdiff_t>(heads));
  }
  detail::limit_others(backend, evidence, positions, dim, means, options.max_other_nodes, nodes.others);
  if (of_task == 0 || nodes.others.empty()) return {};
  const std::size_t count = of_task + nodes.others.size();
  means.conservativeResize(static_cast<Eigen::Index>(count), Eigen::NoChange);
  exec::for_each_index(backend, nodes.others.size(), [&](std::size_t u) {
    detail::node_mean(evidence, positions, dim, nodes.others[u], detail::row_of(means, of_task + u));
  });

  const double factor = heads != 0 && dim != 0 ? 8 : 4;  // of -d^2 / 2
  out.task_nodes = static_cast<std::uint32_t>(of_task);
  out.weights.resize(static_cast<Eigen::Index>(width), static_cast<Eigen::Index>(count));
  out.bias.resize(static_cast<Eigen::Index>(count));
  std::vector<double> bias(count);
  for (std::size_t v = 0; v < count; ++v)
    bias[v] = -std::log(static_cast<double>(v < of_task ? of_task : nodes.others.size()));
  for (const bool is_embedding : {false, true}) {
    const std::size_t first = is_embedding ? heads : 0;
    const std::size_t last = is_embedding ? width : heads;
    if (first == last) continue;
    const double share = (is_embedding ? 0.3 : 1.2) * std::sqrt(static_cast<double>(last - first) /
                                                                std::max(1.0, profile.degrees_of_freedom()));
    Eigen::MatrixXd solved(static_cast<Eigen::Index>(last - first), static_cast<Eigen::Index>(count));
    for (std::size_t v = 0; v < count; ++v) {
      const auto block = detail::row_of(means, v).subspan(first, last - first);
      std::copy(block.begin(), block.end(), solved.data() + v * (last - first));
    }
    hub.algebra->solve(profile.shrunk_covariance(first, last, share), solved);
    for (std::size_t v = 0; v < count; ++v) {
      const std::span<const double> w{solved.data() + v * (last - first), last - first};
      bias[v] -= 0.5 * detail::dot(detail::row_of(means, v).subspan(first, last - first), w) / factor;
      for (std::size_t i = 0; i < w.size(); ++i) {
        const double unit = is_embedding ? static_cast<double>(hub.general.scale) : 1;
        if (!is_embedding) bias[v] += hub.log_width[positions[i]] * w[i] / factor;
        detail::row_of(out.weights, first + i)[v] = static_cast<float>(unit * w[i] / factor);
      }
    }
  }
  for (std::size_t v = 0; v < count; ++v)
    out.bias[static_cast<Eigen::Index>(v)] = static_cast<float>(bias[v]);
  return out;
}

}  // namespace mll
