// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/baselines/head_criterion.hpp"
#include "mll/select/combination.hpp"
#include "mll/select/detail/used_heads.hpp"
#include "mll/select/selection_method.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll {

/// Baseline: for every class the heads that are best for it one by one, averaged. Ties go to the lower
/// position.
///
/// @tparam Criterion models `head_criterion`: `mean_difference`, `best_f1` or `area_under_roc`
template <head_criterion Criterion = mean_difference>
struct top_heads {
  std::size_t count = 3;  ///< heads per class

  [[nodiscard]] static std::string name() { return std::string{"top-"} + Criterion::name; }

  /// Throws: `invalid_argument` if the count is 0. Complexity: O(classes heads rows log rows).
  template <exec::execution_backend Backend, class Labels>
  [[nodiscard]] combination operator()(const Backend& backend, const task_evidence<Labels>& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head a class", "0"};
    const std::size_t heads = evidence.heads().size();
    std::vector<std::uint32_t> all(heads);
    std::iota(all.begin(), all.end(), 0U);
    const Eigen::ArrayXXf answers = evidence.log_odds(backend, all);
    Eigen::ArrayXXd worth(static_cast<Eigen::Index>(heads),
                          static_cast<Eigen::Index>(evidence.class_count()));
    exec::for_each_index(backend, heads, [&](std::size_t h) {
      const detail::ranked_answers ranked{answers.col(static_cast<Eigen::Index>(h)), evidence.rows()};
      for (std::size_t y = 0; y < evidence.class_count(); ++y) {
        worth(static_cast<Eigen::Index>(h), static_cast<Eigen::Index>(y)) =
            Criterion::measure(ranked, class_id{y});
      }
    });
    detail::used_heads used;
    const std::size_t kept = std::min(count, heads);
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      const auto column = worth.col(static_cast<Eigen::Index>(y));
      std::vector<std::uint32_t> best = all;
      std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kept), best.end(),
                        [&](std::uint32_t a, std::uint32_t b) {
                          return column[a] != column[b] ? column[a] > column[b] : a < b;
                        });
      for (std::size_t i = 0; i < kept; ++i)
        used.add(y, best[i], {.weight = 1.0F / static_cast<float>(kept)});
    }
    combination out = used.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }
};

static_assert(selection_method<top_heads<mean_difference>> && selection_method<top_heads<best_f1>> &&
              selection_method<top_heads<area_under_roc>>);

}  // namespace mll
