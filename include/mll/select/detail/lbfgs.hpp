// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

namespace mll::detail {

/// Minimises a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) with step halving.
///
/// @param[in,out] x       start, then the minimum
/// @param[in]     f       `double f(const VectorXd& x, VectorXd& gradient)`
/// @param[in]     passes  at most so many iterations
/// @param[in]     settled stop when the gradient's largest entry is below this
template <class Function>
void minimise_lbfgs(Eigen::VectorXd& x, const Function& f, std::size_t passes, double settled) {
  constexpr std::size_t memory = 10;
  std::deque<std::pair<Eigen::VectorXd, Eigen::VectorXd>>
      history;  // (step, change of gradient), oldest first
  Eigen::VectorXd gradient(x.size());
  Eigen::VectorXd next_gradient(x.size());
  double value = f(x, gradient);
  for (std::size_t pass = 0; pass < passes && gradient.lpNorm<Eigen::Infinity>() > settled; ++pass) {
    Eigen::VectorXd direction = -gradient;
    std::deque<double> alphas;
    for (auto it = history.rbegin(); it != history.rend(); ++it) {
      const double alpha = it->first.dot(direction) / it->first.dot(it->second);
      direction -= alpha * it->second;
      alphas.push_front(alpha);
    }
    if (!history.empty())
      direction *= history.back().first.dot(history.back().second) / history.back().second.squaredNorm();
    for (std::size_t i = 0; i < history.size(); ++i) {
      const auto& [s, y] = history[i];
      direction += (alphas[i] - y.dot(direction) / s.dot(y)) * s;
    }
    const double slope = direction.dot(gradient);
    double step = history.empty() ? std::min(1.0, 1.0 / gradient.norm()) : 1.0;
    Eigen::VectorXd next = x + step * direction;
    double next_value = f(next, next_gradient);
    while (!(next_value <= value + 1e-4 * step * slope) && step > 1e-10) {
      step /= 2;
      next = x + step * direction;
      next_value = f(next, next_gradient);
    }
    if (!(next_value < value)) return;
    if (const double curvature = (next - x).dot(next_gradient - gradient); curvature > 1e-14) {
      history.emplace_back(next - x, next_gradient - gradient);
      if (history.size() > memory) history.pop_front();
    }
    x = std::move(next);
    gradient = next_gradient;
    value = next_value;
  }
}

}  // namespace mll::detail
