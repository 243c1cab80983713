// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/detail/kept_means.hpp"
#include "mll/select/evidence/evidence_of.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/screen_blocks.hpp"
#include "mll/select/screen/sparse_screening.hpp"

namespace mll {

/// Reuse scores of all heads for all classes: `r(h, y) = m(h, y) - (max + mean of m(h, y') over the rivals
/// y') / 2`, where `m(h, y)` is the mean response of head h to class y. In [-1, 1]; 1 for a perfect head, 0
/// for a constant one. A head that also fires on a rival loses at least half of its score.
///
/// @param[in] means `[classes, heads]`, see `class_means`
/// @return `[classes, heads]`
template <class T>
[[nodiscard]] matrix<T> reuse_scores(const matrix<T>& means) {
  const auto classes = means.rows();
  matrix<T> out(classes, means.cols());
  for (Eigen::Index h = 0; h < means.cols(); ++h) {
    // The two greatest means determine the strongest rival of every class.
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

/// First stage of CHCO: the heads with the highest reuse scores per class, in one pass over the rows of the
/// evidence nodes in the statistics of the whole hub.
///
/// @code
/// const mll::node_statistics statistics{labels};
/// const auto nodes = mll::evidence_of(match, labels.samples());
/// const auto screened = mll::screen(backend, statistics, nodes, 64);  // screened[y]: best heads for class y
/// @endcode
///
/// @param[in] backend    where to run
/// @param[in] statistics mean responses per node, `[nodes, heads]`
/// @param[in] nodes      evidence nodes per class; at least two classes. A class without nodes has means of 0
/// @param[in] max_heads  heads per class, at least 1
/// @return per class up to `max_heads` heads by decreasing reuse score, ties by position
///
/// Throws: `invalid_argument` if `max_heads` is 0, there are fewer than two classes or a node is out of
/// range. Complexity: O(heads x (nodes of the classes + classes)); reads 2 bytes per head and node of the
/// classes. Determinism: bitwise the same on every backend, thread count and processor, and equal to the pass
/// over sparse statistics of the same values.
template <class Statistics = node_statistics>
  requires std::same_as<Statistics, node_statistics>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(exec::backend_ref backend,
                                                             const Statistics& statistics,
                                                             const class_evidence& nodes,
                                                             std::size_t max_heads) {
  if (max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
  detail::require_class_evidence(nodes, statistics.node_count());
  return detail::screen_blocks(backend, nodes.size(), statistics.head_count(), max_heads,
                               1 / (256 * node_statistics::one), detail::row_means{statistics, nodes});
}

namespace detail {

/// The distinct nodes of an evidence, increasing; renumbers `nodes` to their places in this list.
[[nodiscard]] inline std::vector<std::uint32_t> renumber_nodes(class_evidence& nodes) {
  std::vector<std::uint32_t> rows;
  for (const auto& of_class : nodes) {
    for (const weighted_position& one : of_class) rows.push_back(one.node);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (auto& of_class : nodes) {
    for (weighted_position& one : of_class)
      one.node =
          static_cast<std::uint32_t>(std::lower_bound(rows.begin(), rows.end(), one.node) - rows.begin());
  }
  return rows;
}

/// Screens all heads of a source: from its table of means, or from the means of the evidence nodes.
template <class Source>
[[nodiscard]] std::vector<std::vector<screened_head>> screen_source(exec::backend_ref backend,
                                                                    const Source& source,
                                                                    class_evidence nodes,
                                                                    std::size_t max_heads) {
  if (const sparse_node_statistics* sparse = source.sparse())
    return screen(backend, *sparse, nodes, max_heads);
  if (const node_statistics* dense = source.dense()) return screen(backend, *dense, nodes, max_heads);
  const std::vector<std::uint32_t> rows = renumber_nodes(nodes);
  node_statistics gathered{rows.size(), source.heads().head_count()};
  exec::for_each_index(backend, rows.size(), [&](std::size_t r) {
    std::vector<float> means(gathered.head_count());
    source.read_means(rows[r], means);
    gathered.set_row(r, means);
  });
  return screen(backend, gathered, nodes, max_heads);
}

/// The same over the samples that a subset of the evidence keeps, which tables do not know.
template <class Evidence>
[[nodiscard]] std::vector<std::vector<screened_head>> screen_kept(exec::backend_ref backend,
                                                                  const Evidence& evidence,
                                                                  class_evidence nodes,
                                                                  std::size_t max_heads) {
  const auto& source = evidence.source();
  const std::vector<std::uint32_t> rows = renumber_nodes(nodes);
  node_statistics kept{rows.size(), source.heads().head_count()};
  matrix<float> means(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(kept.head_count()));
  exec::for_each_index(backend, rows.size(),
                       [&](std::size_t r) { source.read_means(rows[r], row_of(means, r)); });
  keep_means(backend, evidence, rows, {}, means);
  exec::for_each_index(backend, rows.size(), [&](std::size_t r) { kept.set_row(r, row_of(means, r)); });
  return screen(backend, kept, nodes, max_heads);
}

/// Adds the general heads to the screened heads of the hub.
template <class Evidence = task_evidence>
  requires std::same_as<Evidence, task_evidence>
[[nodiscard]] std::vector<std::vector<screened_head>> with_general_heads(
    exec::backend_ref backend, const Evidence& evidence, std::vector<std::vector<screened_head>> out,
    std::size_t max_heads) {
  if (evidence.general() == nullptr) return out;
  const matrix<float> scores = reuse_scores(general_means(backend, evidence));
  for (std::size_t y = 0; y < out.size(); ++y) {
    const screened_head own{evidence.general_position(y),
                            scores(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(y))};
    best_heads best{max_heads};
    for (const screened_head& head : out[y]) best.offer(head);
    for (std::size_t h = 0; h < evidence.class_count(); ++h) {
      best.offer(
          {evidence.general_position(h), scores(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(h))});
    }
    out[y] = best.take();
    if (std::none_of(out[y].begin(), out[y].end(),
                     [&](const screened_head& head) { return head.position == own.position; }))
      out[y].push_back(own);
  }
  return out;
}

}  // namespace detail

/// Screens the heads of a task: from the statistics of its source (dense or sparse), or from the means of its
/// evidence nodes if the source has no table. General heads compete by their mean responses to the examples;
/// the general head of a class is always among its heads, beyond `max_heads` if need be. A subset of the
/// evidence is screened without the samples that it leaves out.
///
/// @code
/// const auto screened = mll::screen(backend, mll::task_evidence{labels, match}, 64);
/// @endcode
///
/// Throws: `invalid_argument` if `max_heads` is 0. Complexity: as above; for a subset, that of reading the
/// responses of all heads to the samples that it leaves out.
template <class Evidence = task_evidence>
  requires std::same_as<Evidence, task_evidence>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(exec::backend_ref backend,
                                                             const Evidence& evidence,
                                                             std::size_t max_heads) {
  class_evidence nodes = detail::kept_evidence(evidence);
  auto out = evidence.left_out().empty()
                 ? detail::screen_source(backend, evidence.source(), std::move(nodes), max_heads)
                 : detail::screen_kept(backend, evidence, std::move(nodes), max_heads);
  return detail::with_general_heads(backend, evidence, std::move(out), max_heads);
}

}  // namespace mll
