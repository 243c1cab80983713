// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/experts/expert_cover.hpp"

namespace mll {

MLL_DEFINE std::vector<std::size_t> expert_cover(exec::backend_ref backend, const matrix<float>& relevance,
                                                 const std::vector<std::size_t>& first,
                                                 const std::vector<std::size_t>& among, std::size_t count) {
  if (count == 0) throw invalid_argument{"count", "at least 1 expert", "0"};
  constexpr std::size_t counted = 3;
  constexpr std::size_t depth = 8;                       // the heads after those that count break ties
  using best_heads_of_class = std::array<float, depth>;  // decreasing
  const auto insert = [](best_heads_of_class& best, float value) {
    for (float& slot : best) {
      if (value > slot) std::swap(value, slot);
    }
  };
  const std::size_t experts = among.size();
  const auto classes = static_cast<std::size_t>(relevance.rows());
  std::vector<std::vector<best_heads_of_class>> offered(
      experts, std::vector<best_heads_of_class>(classes, best_heads_of_class{}));
  exec::for_each_index(backend, experts, [&](std::size_t m) {
    for (std::size_t y = 0; y < classes; ++y) {
      const auto of_class = detail::row_of(relevance, y);
      for (std::size_t h = first[among[m]]; h < first[among[m] + 1]; ++h) insert(offered[m][y], of_class[h]);
    }
  });

  std::vector<best_heads_of_class> covered(classes, best_heads_of_class{});
  std::vector<bool> taken(experts, false);
  std::vector<std::size_t> chosen;
  std::vector<std::pair<double, double>> gain(experts);  // of the heads that count, of those that break ties
  while (chosen.size() < std::min(count, experts)) {
    exec::for_each_index(backend, experts, [&](std::size_t m) {
      gain[m] = {taken[m] ? -1 : 0, 0};
      if (taken[m]) return;
      for (std::size_t y = 0; y < classes; ++y) {
        best_heads_of_class with = covered[y];
        for (const float value : offered[m][y]) insert(with, value);
        for (std::size_t i = 0; i < depth; ++i)
          (i < counted ? gain[m].first : gain[m].second) += static_cast<double>(with[i] - covered[y][i]);
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
