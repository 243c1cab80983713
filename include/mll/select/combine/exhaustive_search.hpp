// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/combine/detail/joint_scores.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/combine/objective.hpp"

namespace mll {

/// Evaluates every combination of heads; feasible for a handful of classes and candidates only. The tests of
/// other strategies use it as oracle.
///
/// @code
/// const auto best = mll::exhaustive_search{}(backend, pool, mll::macro_accuracy{});
/// @endcode
///
/// Throws: `invalid_argument` if there are more combinations than `limit`.
/// Complexity: O(rows classes prod_y s_y), where s_y is the number of non-empty subsets of the candidates of
/// class y with at most `heads_per_class` members.
struct exhaustive_search {
  static constexpr const char* name = "exhaustive_search";
  double limit = 2e6;  ///< maximum number of combinations

  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref backend,
                                                               const head_pool& pool,
                                                               Objective objective) const {
    return (*this)(backend, logit_pool::of(pool), objective);
  }
  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref, const logit_pool& pool,
                                                               Objective) const {
    const std::size_t classes = pool.logits.size();
    std::vector<std::vector<std::vector<std::size_t>>> subsets(classes);
    double combinations = 1;
    for (std::size_t y = 0; y < classes; ++y) {
      subsets[y] = subsets_of(static_cast<std::size_t>(pool.logits[y].cols()), pool.heads_per_class);
      combinations *= static_cast<double>(subsets[y].size());
    }
    if (combinations > limit) {
      throw invalid_argument{"pool", "at most " + detail::number_text(limit) + " combinations",
                             detail::number_text(combinations)};
    }

    std::vector<std::size_t> at(classes, 0);
    std::vector<std::size_t> best_at;
    double best = -std::numeric_limits<double>::infinity();
    for (bool more = true; more;) {
      detail::joint_scores<Objective> state{pool};
      for (std::size_t y = 0; y < classes; ++y) {
        for (const std::size_t candidate : subsets[y][at[y]]) state.add(y, candidate);
      }
      if (const double value = state.objective(); value > best) {
        best = value;
        best_at = at;
      }
      more = false;
      for (std::size_t y = 0; y < classes && !more; ++y) {  // a counter with one digit per class
        more = ++at[y] < subsets[y].size();
        if (!more) at[y] = 0;
      }
    }
    std::vector<std::vector<head_pick>> picks(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      for (const std::size_t candidate : subsets[y][best_at[y]]) picks[y].push_back({candidate, 0});
    }
    return picks;
  }

 private:
  /// Non-empty subsets of {0, .., n - 1} with at most k members, smaller ones first.
  static std::vector<std::vector<std::size_t>> subsets_of(std::size_t n, std::size_t k) {
    std::vector<std::vector<std::size_t>> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back({i});
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i].size() == k) break;
      for (std::size_t next = out[i].back() + 1; next < n; ++next) {
        out.push_back(out[i]);
        out.back().push_back(next);
      }
    }
    return out;
  }
};

static_assert(head_search<exhaustive_search>);

}  // namespace mll
