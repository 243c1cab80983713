// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"

namespace mll {

/// Chooses experts that cover every class with good heads. Greedy: each step adds the expert that most raises
/// the sum over classes of the relevance of the three best heads among the chosen experts. The sum is
/// submodular, so greedy choice reaches at least 1 - 1/e of the optimum (Nemhauser, Wolsey and Fisher 1978).
///
/// @param[in] backend   where to run
/// @param[in] relevance `[classes, heads]`: `head_relevance`
/// @param[in] first     first head of each expert, and the end
/// @param[in] among     experts to choose from, increasing
/// @param[in] count     number of experts to choose; all if there are fewer
/// @return indices of experts in order of choice; ties go to the lower index
///
/// Throws: `invalid_argument` for a count of 0. Complexity: O(heads classes + count experts classes).
template <exec::execution_backend Backend>
[[nodiscard]] std::vector<std::size_t> expert_cover(const Backend& backend, const matrix<float>& relevance,
                                                    const std::vector<std::size_t>& first,
                                                    const std::vector<std::size_t>& among,
                                                    std::size_t count) {
  if (count == 0) throw invalid_argument{"count", "at least 1 expert", "0"};
  using best_three = std::array<float, 3>;  // decreasing
  const auto insert = [](best_three& best, float value) {
    for (float& slot : best) {
      if (value > slot) std::swap(value, slot);
    }
  };
  const std::size_t experts = among.size();
  const auto classes = static_cast<std::size_t>(relevance.rows());
  std::vector<std::vector<best_three>> offered(experts, std::vector<best_three>(classes, best_three{}));
  exec::for_each_index(backend, experts, [&](std::size_t m) {
    for (std::size_t y = 0; y < classes; ++y) {
      for (std::size_t h = first[among[m]]; h < first[among[m] + 1]; ++h) {
        insert(offered[m][y], relevance(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(h)));
      }
    }
  });

  std::vector<best_three> covered(classes, best_three{});
  std::vector<bool> taken(experts, false);
  std::vector<std::size_t> chosen;
  std::vector<double> gain(experts, 0);
  while (chosen.size() < std::min(count, experts)) {
    exec::for_each_index(backend, experts, [&](std::size_t m) {
      gain[m] = -1;
      if (taken[m]) return;
      gain[m] = 0;
      for (std::size_t y = 0; y < classes; ++y) {
        best_three with = covered[y];
        for (const float value : offered[m][y]) insert(with, value);
        for (std::size_t i = 0; i < with.size(); ++i) gain[m] += static_cast<double>(with[i] - covered[y][i]);
      }
    });
    const auto best = static_cast<std::size_t>(std::max_element(gain.begin(), gain.end()) - gain.begin());
    taken[best] = true;
    chosen.push_back(among[best]);
    for (std::size_t y = 0; y < classes; ++y) {
      for (const float value : offered[best][y]) insert(covered[y], value);
    }
  }
  return chosen;
}

}  // namespace mll
