// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/sparse_search.hpp"

namespace mll {

/// First stage of CHCO for hubs of very many heads: `screen` that visits only heads with an excess at a node
/// of the class, by decreasing excess, and stops when no unvisited head can be among the best.
///
/// @code
/// const std::vector<std::vector<mll::node_excess>> excesses{{{.node = 0, .excess = 9000}}, {}};  // per head
/// const mll::sparse_node_statistics statistics{graph.size(), excesses};
/// const auto screened = mll::screen(backend, statistics, mll::evidence_of(match, labels.samples()), 64);
/// @endcode
///
/// @param[in] backend    where to run
/// @param[in] statistics excesses of the heads over their backgrounds
/// @param[in] nodes      evidence nodes per class; at least two classes
/// @param[in] max_heads  heads per class, at least 1
/// @return per class up to `max_heads` heads by decreasing reuse score, ties by position; exact: bitwise the
///         result of the dense pass over the same values
///
/// Throws: `invalid_argument` if `max_heads` is 0, there are fewer than two classes or a node is out of
/// range. Complexity: O(nodes + visited heads x their excesses); at worst all heads, typically a few times
/// `max_heads` per class, whatever the size of the hub. Determinism: the same on every backend.
template <exec::execution_backend Backend>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(const Backend& backend,
                                                             const sparse_node_statistics& statistics,
                                                             const class_evidence& nodes,
                                                             std::size_t max_heads) {
  if (max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
  detail::require_class_evidence(nodes, statistics.node_count());
  const detail::sparse_scores scores{statistics, nodes};
  std::vector<std::vector<screened_head>> out(nodes.size());
  exec::for_each_index(backend, nodes.size(), [&](std::size_t y) {
    out[y] = detail::sparse_search{statistics, nodes[y], y, max_heads, scores}.run();
  });
  return out;
}

}  // namespace mll
