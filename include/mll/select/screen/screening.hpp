// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/evidence/evidence_of.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/screen_blocks.hpp"

namespace mll {

/// Reuse scores of all heads for all classes: `r(h, y) = m(h, y) - (max + mean of m(h, y') over the rivals
/// y') / 2` with `m(h, y)` the mean response of h to y. In [-1, 1]; 1 for a perfect head, 0 for a constant
/// one. A head that also fires on a rival class loses at least half of what it gains.
///
/// @param[in] means `[classes, heads]`: `task_evidence::class_means`
/// @return `[classes, heads]`
template <class T>
[[nodiscard]] matrix<T> reuse_scores(const matrix<T>& means) {
  const auto classes = means.rows();
  matrix<T> out(classes, means.cols());
  for (Eigen::Index h = 0; h < means.cols(); ++h) {
    // The two greatest means give the strongest rival of every class.
    Eigen::Index top = 0;
    const T best = means.col(h).maxCoeff(&top);
    T second = -1;
    for (Eigen::Index y = 0; y < classes; ++y) {
      if (y != top) second = std::max(second, means(y, h));
    }
    const T total = means.col(h).sum();
    for (Eigen::Index y = 0; y < classes; ++y) {
      const T rival = y == top ? second : best;
      const T mean = (total - means(y, h)) / static_cast<T>(classes - 1);
      out(y, h) = means(y, h) - T{0.5} * (rival + mean);
    }
  }
  return out;
}

/// First stage of CHCO: the heads that are worth a closer look, from node statistics over the whole hub.
///
/// @param[in] backend  where to run
/// @param[in] evidence the task
/// @param[in] keep     heads to keep per class, at least 1; all if there are fewer
/// @return for each class up to `keep` heads by decreasing reuse score, ties by position. A pseudo-head of
/// the
///         patch is always among them for its own class.
///
/// Throws: `invalid_argument` if `keep` is 0. Complexity: O(heads (matched nodes + classes)).
/// Determinism: the same on every backend.
template <exec::execution_backend Backend, class Labels>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(const Backend& backend,
                                                             const task_evidence<Labels>& evidence,
                                                             std::size_t keep) {
  if (keep == 0) throw invalid_argument{"keep", "at least 1 head a class", "0"};
  const matrix<float> means = evidence.class_means(backend);
  const std::size_t heads = evidence.heads().size();
  constexpr std::size_t tile = detail::head_tile::size;
  auto out = detail::screen_blocks(
      backend, evidence.class_count(), heads, keep, 1,
      [&](std::size_t y, std::size_t first, std::size_t count, std::size_t, const auto& take) {
        const float* row = means.row(static_cast<Eigen::Index>(y)).data();
        float some[tile] = {};
        for (std::size_t i = 0; i < count; i += tile) {
          std::copy(row + first + i, row + std::min(heads, first + i + tile), some);
          take(i, some);
        }
      });
  if (evidence.general() == nullptr) return out;
  for (std::size_t y = 0; y < out.size(); ++y) {
    const auto own =
        static_cast<std::uint32_t>(evidence.position({model_id{}, static_cast<std::uint32_t>(y)}));
    const bool in =
        std::any_of(out[y].begin(), out[y].end(), [&](const auto& head) { return head.position == own; });
    if (in) continue;
    const matrix<float> column = means.col(static_cast<Eigen::Index>(own));
    out[y].push_back({own, reuse_scores(column)(static_cast<Eigen::Index>(y), 0)});
  }
  return out;
}

/// The same for a large hub, from its node statistics alone: one pass over the rows of the nodes that speak
/// for the classes.
///
/// @param[in] backend    where to run
/// @param[in] statistics mean responses by node
/// @param[in] sources    for each class its nodes; at least two classes. A class without any is answered by
/// no
///                       head: all its means are 0
/// @param[in] keep       heads to keep per class, at least 1
/// @return for each class up to `keep` heads by decreasing reuse score, ties by position
///
/// Throws: `invalid_argument` if `keep` is 0, there are fewer than two classes or a node is out of range.
/// Complexity: O(heads (nodes of the classes + classes)); reads 2 bytes a head and node of the classes.
/// Determinism: bit for bit the same on every backend, thread count and processor, and equal to the sparse
/// pass over the same numbers.
template <exec::execution_backend Backend>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(const Backend& backend,
                                                             const node_statistics& statistics,
                                                             const class_evidence& sources,
                                                             std::size_t keep) {
  if (keep == 0) throw invalid_argument{"keep", "at least 1 head a class", "0"};
  detail::require_class_evidence(sources, statistics.node_count());
  return detail::screen_blocks(backend, sources.size(), statistics.head_count(), keep,
                               1 / (256 * node_statistics::one), detail::row_means{statistics, sources});
}

}  // namespace mll
