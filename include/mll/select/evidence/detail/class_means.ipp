// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/evidence/class_means.hpp"

namespace mll {

MLL_DEFINE matrix<float> class_means_of(const task_evidence& evidence,
                                        std::span<const std::uint32_t> positions) {
  matrix<float> out = detail::zeros<float>(evidence.class_count(), positions.size());
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
