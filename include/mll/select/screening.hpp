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
#include "mll/exec/for_each_index.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll {

/// A head with what the node statistics say of its use for a class.
struct screened_head {
  std::uint32_t position = 0;  ///< position in the evidence
  float score = 0;             ///< reuse score
};

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
  const matrix<float> scores = reuse_scores(evidence.class_means(backend));
  const std::size_t heads = evidence.heads().size();
  std::vector<std::vector<screened_head>> out(evidence.class_count());
  exec::for_each_index(backend, out.size(), [&](std::size_t y) {
    auto& kept = out[y];
    for (std::size_t p = 0; p < heads; ++p) {
      kept.push_back({static_cast<std::uint32_t>(p),
                      scores(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(p))});
    }
    const auto better = [](const screened_head& a, const screened_head& b) {
      return a.score != b.score ? a.score > b.score : a.position < b.position;
    };
    const auto end = kept.begin() + static_cast<std::ptrdiff_t>(std::min(keep, kept.size()));
    std::partial_sort(kept.begin(), end, kept.end(), better);
    kept.erase(end, kept.end());
    if (evidence.patch() == nullptr) return;
    const auto own =
        static_cast<std::uint32_t>(evidence.position({model_id{}, static_cast<std::uint32_t>(y)}));
    const bool in =
        std::any_of(kept.begin(), kept.end(), [&](const auto& head) { return head.position == own; });
    if (!in) kept.push_back({own, scores(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(own))});
  });
  return out;
}

}  // namespace mll
