// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/ensemble/detail/source_scores.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll::detail {

/// The weights of the sources that make rows most likely, not negative (of the votes at least .01, so that
/// they keep some influence), with a ridge at `prior`: minimises
/// `-sum_r w_r log softmax(sum_k a_k scores_k)_target / sum_r w_r + ridge |a - prior|^2`, which is convex, by
/// projected Newton steps.
///
/// @param[in] scores calibrated, each as if it were the only one
/// @param[in] rows   one per row of the scores, with weights
/// Complexity: O(rows classes) per step. Determinism: the same on every backend.
MLL_LOCAL weight_by_source fit_source_weights(exec::backend_ref backend, const scores_by_source& scores,
                                              std::span<const example> rows, const weight_by_source& prior,
                                              double ridge) {
  struct state {
    double value = 0;
    weight_by_source gradient{};
    std::array<double, source_count * source_count> curvature{};
  };
  constexpr std::size_t block = 256;
  double total = 0;
  for (const example& row : rows) total += static_cast<double>(row.weight);
  if (!(total > 0)) return prior;
  const present_sources present = present_in(scores);
  std::size_t classes = 0;
  for (std::size_t k = 0; k < source_count; ++k) {
    if (present[k]) classes = static_cast<std::size_t>(scores[k].cols());
  }
  const auto evaluate = [&](const weight_by_source& a) {
    std::vector<state> parts((rows.size() + block - 1) / block);
    exec::for_each_index(backend, parts.size(), [&](std::size_t part) {
      state& out = parts[part];
      std::vector<double> p(classes);
      for (std::size_t r = part * block; r < std::min(rows.size(), (part + 1) * block); ++r) {
        std::fill(p.begin(), p.end(), 0.0);
        for (std::size_t k = 0; k < source_count; ++k) {
          if (!present[k]) continue;
          const std::span<const float> x = row_of(scores[k], r);
          for (std::size_t y = 0; y < classes; ++y) p[y] += a[k] * static_cast<double>(x[y]);
        }
        const std::size_t target = rows[r].target.index();
        const double top = *std::max_element(p.begin(), p.end());
        const double own = p[target] - top;
        for (double& score : p) score -= top;
        exp_in_place(std::span{p});
        const double sum = std::accumulate(p.begin(), p.end(), 0.0);
        const double w = static_cast<double>(rows[r].weight) / total;
        out.value -= w * (own - std::log(sum));
        weight_by_source mean{};
        for (std::size_t k = 0; k < source_count; ++k) {
          if (!present[k]) continue;
          const std::span<const float> x = row_of(scores[k], r);
          for (std::size_t y = 0; y < classes; ++y) mean[k] += p[y] / sum * static_cast<double>(x[y]);
          out.gradient[k] += w * (mean[k] - static_cast<double>(x[target]));
        }
        for (std::size_t k = 0; k < source_count; ++k) {
          for (std::size_t j = 0; present[k] && j <= k; ++j) {
            if (!present[j]) continue;
            const std::span<const float> x = row_of(scores[k], r);
            const std::span<const float> z = row_of(scores[j], r);
            double product = 0;
            for (std::size_t y = 0; y < classes; ++y)
              product += p[y] / sum * static_cast<double>(x[y]) * static_cast<double>(z[y]);
            out.curvature[k * source_count + j] += w * (product - mean[k] * mean[j]);
          }
        }
      }
    });
    state out;
    for (const state& part : parts) {
      out.value += part.value;
      for (std::size_t k = 0; k < source_count; ++k) out.gradient[k] += part.gradient[k];
      for (std::size_t i = 0; i < out.curvature.size(); ++i) out.curvature[i] += part.curvature[i];
    }
    for (std::size_t k = 0; k < source_count; ++k) {
      out.value += ridge * (a[k] - prior[k]) * (a[k] - prior[k]);
      out.gradient[k] += 2 * ridge * (a[k] - prior[k]);
      out.curvature[k * source_count + k] += 2 * ridge;
    }
    return out;
  };

  // Not `newton_logistic`: weights have lower bounds, so a step is one over the weights that may move, cut
  // off at the bounds; and their number varies.
  constexpr weight_by_source min_weights{0.01, 0, 0};
  weight_by_source a = prior;
  state here = evaluate(a);
  for (int step = 0; step < 50; ++step) {
    std::vector<std::size_t> free;  // at a bound that the gradient pushes against, a weight stays
    for (std::size_t k = 0; k < source_count; ++k) {
      if (present[k] && (a[k] > min_weights[k] || here.gradient[k] < 0)) free.push_back(k);
    }
    if (free.empty()) break;
    matrix<double> curvature = zeros<double>(free.size(), free.size());
    std::vector<double> move;
    for (std::size_t i = 0; i < free.size(); ++i) {
      move.push_back(here.gradient[free[i]]);
      for (std::size_t j = 0; j <= i; ++j)
        row_of(curvature, i)[j] = here.curvature[free[i] * source_count + free[j]];
      row_of(curvature, i)[i] += 1e-9;
    }
    solve_spd(curvature, move);
    double factor = 1;
    weight_by_source next = a;
    state there = here;
    for (int half = 0; half < 30; ++half, factor /= 2) {
      for (std::size_t i = 0; i < free.size(); ++i)
        next[free[i]] = std::max(min_weights[free[i]], a[free[i]] - factor * move[i]);
      there = evaluate(next);
      if (there.value <= here.value) break;
    }
    if (!(there.value < here.value - 1e-10)) break;
    a = next;
    here = there;
  }
  for (std::size_t k = 0; k < source_count; ++k) {
    if (!present[k]) a[k] = 0;
  }
  return a;
}

}  // namespace mll::detail
