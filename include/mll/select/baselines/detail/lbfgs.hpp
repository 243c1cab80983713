// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"

namespace mll::detail {

/// Minimises a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with step halving.
///
/// @param[in,out] x         start, then the minimum
/// @param[in]     f         `double f(std::span<const double> x, std::span<double> gradient)`
/// @param[in]     passes    maximum number of iterations
/// @param[in]     tolerance stops when the largest entry of the gradient is below this
template <class Function>
void minimise_lbfgs(std::span<double> x, const Function& f, std::size_t passes, double tolerance) {
  constexpr std::size_t memory = 10;
  struct change {
    std::vector<double> step;
    std::vector<double> of_gradient;
  };
  std::deque<change> history;  // oldest first
  std::vector<double> gradient(x.size());
  std::vector<double> next(x.size());
  std::vector<double> next_gradient(x.size());
  const auto is_small = [&](double g) { return std::abs(g) <= tolerance; };
  double value = f(x, gradient);
  for (std::size_t pass = 0; pass < passes; ++pass) {
    if (std::all_of(gradient.begin(), gradient.end(), is_small)) return;
    std::vector<double> direction(x.size(), 0);
    add_scaled(-1, gradient, direction);
    std::vector<double> alphas(history.size());
    for (std::size_t i = history.size(); i-- > 0;) {
      const auto& [step, of_gradient] = history[i];
      alphas[i] = dot(step, direction) / dot(step, of_gradient);
      add_scaled(-alphas[i], of_gradient, direction);
    }
    if (!history.empty()) {
      const auto& [step, of_gradient] = history.back();
      const double scale = dot(step, of_gradient) / dot(of_gradient, of_gradient);
      for (double& d : direction) d *= scale;
    }
    for (std::size_t i = 0; i < history.size(); ++i) {
      const auto& [step, of_gradient] = history[i];
      add_scaled(alphas[i] - dot(of_gradient, direction) / dot(step, of_gradient), step, direction);
    }
    const double slope = dot(direction, gradient);
    double length = history.empty() ? std::min(1.0, 1 / std::sqrt(dot(gradient, gradient))) : 1.0;
    double next_value = 0;
    for (;; length /= 2) {
      std::copy(x.begin(), x.end(), next.begin());
      add_scaled(length, direction, next);
      next_value = f(next, next_gradient);
      if (next_value <= value + 1e-4 * length * slope || length <= 1e-10) break;
    }
    if (!(next_value < value)) return;
    change last{next, next_gradient};
    add_scaled(-1, x, last.step);
    add_scaled(-1, gradient, last.of_gradient);
    if (dot(last.step, last.of_gradient) > 1e-14) {
      history.push_back(std::move(last));
      if (history.size() > memory) history.pop_front();
    }
    std::copy(next.begin(), next.end(), x.begin());
    gradient = next_gradient;
    value = next_value;
  }
}

}  // namespace mll::detail
