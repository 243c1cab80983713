// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deque>
#include <utility>

namespace mll::detail {

/// Minimises a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with step halving.
///
/// @param[in,out] x       start, then the minimum
/// @param[in]     f       `Real f(const VectorX<Real>& x, VectorX<Real>& gradient)`
/// @param[in]     passes  at most so many iterations
/// @param[in]     settled stop when the gradient's largest entry is below this
template <std::floating_point Real, class Function>
void minimise_lbfgs(Eigen::VectorX<Real>& x, const Function& f, std::size_t passes, Real settled) {
  constexpr std::size_t memory = 10;
  std::deque<std::pair<Eigen::VectorX<Real>, Eigen::VectorX<Real>>>
      history;  // (step, change of gradient), oldest first
  Eigen::VectorX<Real> gradient(x.size());
  Eigen::VectorX<Real> next_gradient(x.size());
  Real value = f(x, gradient);
  for (std::size_t pass = 0; pass < passes && gradient.template lpNorm<Eigen::Infinity>() > settled; ++pass) {
    Eigen::VectorX<Real> direction = -gradient;
    std::deque<Real> alphas;
    for (auto it = history.rbegin(); it != history.rend(); ++it) {
      const Real alpha = it->first.dot(direction) / it->first.dot(it->second);
      direction -= alpha * it->second;
      alphas.push_front(alpha);
    }
    if (!history.empty())
      direction *= history.back().first.dot(history.back().second) / history.back().second.squaredNorm();
    for (std::size_t i = 0; i < history.size(); ++i) {
      const auto& [s, y] = history[i];
      direction += (alphas[i] - y.dot(direction) / s.dot(y)) * s;
    }
    const Real slope = direction.dot(gradient);
    Real step = history.empty() ? std::min(Real{1}, 1 / gradient.norm()) : Real{1};
    Eigen::VectorX<Real> next = x + step * direction;
    Real next_value = f(next, next_gradient);
    while (!(next_value <= value + Real{1e-4} * step * slope) && step > 1e-10) {
      step /= 2;
      next = x + step * direction;
      next_value = f(next, next_gradient);
    }
    if (!(next_value < value)) return;
    if (const Real curvature = (next - x).dot(next_gradient - gradient); curvature > 1e-14) {
      history.emplace_back(next - x, next_gradient - gradient);
      if (history.size() > memory) history.pop_front();
    }
    x = std::move(next);
    gradient = next_gradient;
    value = next_value;
  }
}

}  // namespace mll::detail
