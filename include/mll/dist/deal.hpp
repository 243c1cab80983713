// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <queue>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"

namespace mll::dist {

/// Deals pieces of work to ranks: the most costly first, each to the rank with the least to do (Graham 1969;
/// the most loaded rank has at most 4/3 of the best possible load). The same on every rank.
///
/// @code
/// const std::vector<double> seconds{3, 1, 2};
/// const std::vector<std::size_t> rank_of = mll::dist::deal(seconds, 2);  // {0, 1, 1}
/// @endcode
///
/// @param[in] costs of the pieces, at least 0, in any unit
/// @param[in] ranks at least 1
/// @return the rank of each piece; ties go to the earlier piece and the lower rank
///
/// Throws: `invalid_argument` for 0 ranks or a cost that is not a number of at least 0.
/// Complexity: O(pieces log(pieces ranks)).
[[nodiscard]] inline std::vector<std::size_t> deal(std::span<const double> costs, std::size_t ranks) {
  if (ranks == 0) throw invalid_argument{"ranks", "at least 1", "0"};
  for (const double cost : costs) {
    if (!(cost >= 0))
      throw invalid_argument{"costs", "numbers of at least 0", mll::detail::number_text(cost)};
  }
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
  using load = std::pair<double, std::size_t>;  // cost so far, rank
  std::priority_queue<load, std::vector<load>, std::greater<>> by_load;
  for (std::size_t r = 0; r < ranks; ++r) by_load.emplace(0, r);
  std::vector<std::size_t> out(costs.size());
  for (const std::size_t piece : order) {
    const auto [cost, rank] = by_load.top();
    by_load.pop();
    out[piece] = rank;
    by_load.emplace(cost + costs[piece], rank);
  }
  return out;
}

}  // namespace mll::dist
