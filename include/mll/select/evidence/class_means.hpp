// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// Mean response of selected heads to each class: the weighted mean over the nodes of the class.
///
/// @param[in] positions positions of heads in the evidence, any order
/// @return `[classes, positions]`; the row of a class without samples is 0
/// Complexity: O(nodes of the classes x positions).
[[nodiscard]] inline matrix<float> class_means_of(const task_evidence& evidence,
                                                  std::span<const std::uint32_t> positions) {
  matrix<float> out = matrix<float>::Zero(static_cast<Eigen::Index>(evidence.class_count()),
                                          static_cast<Eigen::Index>(positions.size()));
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    if (evidence.is_general(positions[i])) {
      for (const example& row : evidence.rows()) {
        out(static_cast<Eigen::Index>(row.target.index()), column) +=
            row.weight * numerics::sigmoid(evidence.general_response(positions[i], row.sample));
      }
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

/// Mean response of each general head to the examples of each class: `[classes, general heads]`.
/// Complexity: O(rows x classes), parallel over the backend.
[[nodiscard]] inline matrix<float> general_means(exec::backend_ref backend, const task_evidence& evidence) {
  const std::size_t classes = evidence.class_count();
  matrix<float> out =
      matrix<float>::Zero(static_cast<Eigen::Index>(classes), static_cast<Eigen::Index>(classes));
  exec::for_each_index(backend, classes, [&](std::size_t head) {
    for (const example& row : evidence.rows()) {
      out(static_cast<Eigen::Index>(row.target.index()), static_cast<Eigen::Index>(head)) +=
          row.weight *
          numerics::sigmoid(evidence.general_response(evidence.general_position(head), row.sample));
    }
  });
  return out;
}

/// `class_means_of` all heads: `[classes, heads]`.
/// Complexity: O(nodes of the classes x heads), parallel over the backend.
[[nodiscard]] inline matrix<float> class_means(exec::backend_ref backend, const task_evidence& evidence) {
  const std::size_t classes = evidence.class_count();
  const std::size_t heads = evidence.hub_head_count();
  matrix<float> out = matrix<float>::Zero(static_cast<Eigen::Index>(classes),
                                          static_cast<Eigen::Index>(evidence.heads().size()));
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
  if (evidence.general() != nullptr) {
    out.rightCols(static_cast<Eigen::Index>(classes)) = general_means(backend, evidence);
  }
  return out;
}

}  // namespace mll
