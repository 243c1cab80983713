// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/detail/kept_means.hpp"

namespace mll {

namespace detail {

/// Weighted means over the nodes of each class, of the samples that the evidence keeps.
/// @param[in] positions of heads of the hub; empty: all
/// @param[in] columns   of the result, at least one per position
MLL_LOCAL matrix<float> kept_means_by_class(exec::backend_ref backend, const task_evidence& evidence,
                                            std::span<const std::uint32_t> positions, std::size_t columns) {
  const std::size_t heads = positions.empty() ? evidence.hub_head_count() : positions.size();
  std::vector<std::uint32_t> nodes;  // with samples that are kept
  for (const auto& of_class : evidence.class_nodes()) {
    for (const auto& [node, weight] : of_class) nodes.push_back(static_cast<std::uint32_t>(node));
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  std::erase_if(nodes, [&](std::uint32_t v) {
    return left_out_of_node(evidence, v).size() == evidence.samples().rows_at(v).count;
  });
  matrix<float> of_node(static_cast<Eigen::Index>(nodes.size()), static_cast<Eigen::Index>(heads));
  exec::for_each_index(backend, nodes.size(), [&](std::size_t v) {
    const auto row = row_of(of_node, v);
    if (positions.empty()) return evidence.source().read_means(nodes[v], row);
    for (std::size_t i = 0; i < heads; ++i) row[i] = evidence.source().mean(nodes[v], positions[i]);
  });
  keep_means(backend, evidence, nodes, positions, of_node);

  matrix<float> out = zeros<float>(evidence.class_count(), columns);
  exec::for_each_index(backend, evidence.class_count(), [&](std::size_t y) {
    std::vector<double> sum(heads, 0);
    double total = 0;
    for (const auto& [node, weight] : evidence.class_nodes()[y]) {
      const auto at = std::lower_bound(nodes.begin(), nodes.end(), node);
      if (at == nodes.end() || *at != node) continue;
      const std::span<const float> means = row_of(of_node, static_cast<std::size_t>(at - nodes.begin()));
      for (std::size_t h = 0; h < heads; ++h) sum[h] += weight * static_cast<double>(means[h]);
      total += weight;
    }
    if (total == 0) return;
    for (std::size_t h = 0; h < heads; ++h) row_of(out, y)[h] = static_cast<float>(sum[h] / total);
  });
  return out;
}

}  // namespace detail

MLL_DEFINE matrix<float> class_means_of(const task_evidence& evidence,
                                        std::span<const std::uint32_t> positions) {
  matrix<float> out = detail::zeros<float>(evidence.class_count(), positions.size());
  std::vector<std::uint32_t> of_hub;
  for (const std::uint32_t p : positions) {
    if (!evidence.is_general(p)) of_hub.push_back(p);
  }
  matrix<float> kept;
  if (!evidence.left_out().empty() && !of_hub.empty())
    kept = detail::kept_means_by_class(exec::sequential{}, evidence, of_hub, of_hub.size());
  Eigen::Index next = 0;  // column of `kept`
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    if (evidence.is_general(positions[i])) {
      for (const example& row : evidence.rows()) {
        out(static_cast<Eigen::Index>(row.target.index()), column) +=
            row.weight * numerics::sigmoid(evidence.general_response(positions[i], row.sample));
      }
      continue;
    }
    if (kept.size() != 0) {
      for (Eigen::Index y = 0; y < out.rows(); ++y) out(y, column) = kept(y, next);
      ++next;
      continue;
    }
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      double sum = 0;
      double total = 0;
      for (const auto& [node, weight] : evidence.class_nodes()[y]) {
        sum += weight * static_cast<double>(evidence.source().mean(node, positions[i]));
        total += weight;
      }
      if (total > 0) out(static_cast<Eigen::Index>(y), column) = static_cast<float>(sum / total);
    }
  }
  return out;
}

MLL_DEFINE matrix<float> general_means(exec::backend_ref backend, const task_evidence& evidence) {
  const std::size_t classes = evidence.class_count();
  matrix<float> out = detail::zeros<float>(classes, classes);
  exec::for_each_index(backend, classes, [&](std::size_t head) {
    for (const example& row : evidence.rows()) {
      out(static_cast<Eigen::Index>(row.target.index()), static_cast<Eigen::Index>(head)) +=
          row.weight *
          numerics::sigmoid(evidence.general_response(evidence.general_position(head), row.sample));
    }
  });
  return out;
}

MLL_DEFINE matrix<float> class_means(exec::backend_ref backend, const task_evidence& evidence) {
  const std::size_t classes = evidence.class_count();
  const std::size_t heads = evidence.hub_head_count();
  matrix<float> out = detail::zeros<float>(classes, evidence.heads().size());
  if (!evidence.left_out().empty()) {
    out = detail::kept_means_by_class(backend, evidence, {}, evidence.heads().size());
  } else {
    exec::for_each_index(backend, classes, [&](std::size_t y) {
      std::vector<float> means(heads);
      float* const row = out.data() + y * evidence.heads().size();
      double total = 0;
      for (const auto& [node, weight] : evidence.class_nodes()[y]) {
        evidence.source().read_means(node, means);
        const auto share = static_cast<float>(weight);
        for (std::size_t h = 0; h < heads; ++h) row[h] += share * means[h];
        total += weight;
      }
      if (total > 0) {
        for (std::size_t h = 0; h < heads; ++h) row[h] /= static_cast<float>(total);
      }
    });
  }
  if (evidence.general() != nullptr) {
    const matrix<float> of_general = general_means(backend, evidence);
    for (std::size_t y = 0; y < classes; ++y) {
      const auto from = detail::row_of(of_general, y);
      std::copy(from.begin(), from.end(),
                detail::row_of(out, y).begin() + static_cast<std::ptrdiff_t>(heads));
    }
  }
  return out;
}

}  // namespace mll
