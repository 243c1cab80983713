// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// Mean gain of the best assignment of rows to classes with a limited number of places: maximum-weight
/// transportation by successive shortest paths over the classes. Exact; ties do not change the result.
///
/// @param[in] gain   `[rows, classes]`
/// @param[in] places per class; at least as many in all as there are rows
/// Complexity: O(rows (rows classes + classes^2 passes)), with few passes.
MLL_LOCAL double balanced_assignment(const matrix<double>& gain, std::span<const std::size_t> places) {
  const auto rows = static_cast<std::size_t>(gain.rows());
  const std::size_t classes = places.size();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<std::vector<std::size_t>> members(classes);
  // Least loss of moving a member of one class to another, and who it is.
  matrix<double> loss(static_cast<Eigen::Index>(classes), static_cast<Eigen::Index>(classes));
  std::fill_n(loss.data(), loss.size(), infinity);
  std::vector<std::size_t> mover(classes * classes, 0);
  const auto refresh = [&](std::size_t a) {
    const auto row = row_of(loss, a);
    std::fill(row.begin(), row.end(), infinity);
    for (const std::size_t r : members[a]) {
      const auto g = row_of(gain, r);
      for (std::size_t b = 0; b < classes; ++b) {
        if (const double here = g[a] - g[b]; here < row[b]) {
          row[b] = here;
          mover[a * classes + b] = r;
        }
      }
    }
    row[a] = infinity;
  };
  std::vector<double> cost(classes);
  std::vector<std::size_t> before(classes);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t y = 0; y < classes; ++y) {
      cost[y] = -row_of(gain, r)[y];
      before[y] = classes;
    }
    bool changed = true;
    for (std::size_t pass = 0; changed && pass < classes; ++pass) {
      changed = false;
      for (std::size_t a = 0; a < classes; ++a) {
        if (members[a].size() < places[a]) continue;  // a path ends at the first class with a free place
        const auto row = row_of(loss, a);
        for (std::size_t b = 0; b < classes; ++b) {
          if (cost[a] + row[b] < cost[b] - 1e-12) {
            cost[b] = cost[a] + row[b];
            before[b] = a;
            changed = true;
          }
        }
      }
    }
    std::size_t end = classes;
    for (std::size_t y = 0; y < classes; ++y) {
      if (members[y].size() < places[y] && (end == classes || cost[y] < cost[end])) end = y;
    }
    std::vector<std::size_t> touched{end};
    std::size_t at = end;
    for (std::size_t steps = 0; before[at] != classes && steps < classes; ++steps) {
      const std::size_t from = before[at];
      const std::size_t who = mover[from * classes + at];
      members[from].erase(std::find(members[from].begin(), members[from].end(), who));
      members[at].push_back(who);
      touched.push_back(from);
      at = from;
    }
    members[at].push_back(r);
    for (const std::size_t y : touched) refresh(y);
  }
  double total = 0;
  for (std::size_t y = 0; y < classes; ++y) {
    for (const std::size_t r : members[y]) total += row_of(gain, r)[y];
  }
  return rows == 0 ? 0 : total / static_cast<double>(rows);
}

}  // namespace mll::detail
