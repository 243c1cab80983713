// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

/// First stage of CHCO for a hub of very many heads: as `screen` over `node_statistics`, but looking only at
/// heads that rise at a node of the class, the highest first, and only as long as one of them can still be
/// among the best.
///
/// @param[in] backend    where to run
/// @param[in] statistics rises of the heads over their backgrounds
/// @param[in] sources    for each class its nodes; at least two classes
/// @param[in] keep       heads to keep per class, at least 1
/// @return for each class up to `keep` heads by decreasing reuse score, ties by position; exact: bit for bit
///         what the dense pass gives on the same rises
///
/// Throws: `invalid_argument` if `keep` is 0, there are fewer than two classes or a node is out of range.
/// Complexity: O(nodes + heads looked at x their rises); at worst all heads, typically a few times `keep` a
/// class, however large the hub. Determinism: the same on every backend.
template <exec::execution_backend Backend>
[[nodiscard]] std::vector<std::vector<screened_head>> screen(const Backend& backend,
                                                             const sparse_node_statistics& statistics,
                                                             const class_evidence& sources,
                                                             std::size_t keep) {
  if (keep == 0) throw invalid_argument{"keep", "at least 1 head per class", "0"};
  detail::require_class_evidence(sources, statistics.node_count());
  const detail::sparse_scores scores{statistics, sources};
  std::vector<std::vector<screened_head>> out(sources.size());
  exec::for_each_index(backend, sources.size(), [&](std::size_t y) {
    out[y] = detail::sparse_search{statistics, sources[y], y, keep, scores}.run();
  });
  return out;
}

}  // namespace mll
