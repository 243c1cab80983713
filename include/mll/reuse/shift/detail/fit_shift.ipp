// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/reuse/detail/shift_model.hpp"
#include "mll/reuse/shift/detail/fit_spread.hpp"
#include "mll/reuse/shift/fit_shift.hpp"
#include "mll/select/estimate/detail/kappa.hpp"

namespace mll {

namespace detail {

/// Weighted quantile: the smallest value with at least this share of the weight at or below it.
/// @param[in] values at least one, each with its weight
MLL_LOCAL double quantile_of(std::vector<std::pair<double, double>> values, double share) {
  std::sort(values.begin(), values.end());
  double total = 0;
  for (const auto& [value, weight] : values) total += weight;
  double below = 0;
  for (const auto& [value, weight] : values) {
    below += weight;
    if (below >= share * total) return value;
  }
  return values.back().first;
}

/// A group per observation, numbered from 0: its distortion, or its task if there are few distortions.
MLL_LOCAL std::vector<std::size_t> shift_groups(std::span<const shift_observation> observed) {
  std::vector<std::string> names;
  const auto number = [&](const std::string& name) {
    const auto at = std::find(names.begin(), names.end(), name);
    const auto found = static_cast<std::size_t>(at - names.begin());
    if (found == names.size()) names.push_back(name);
    return found;
  };
  std::vector<std::size_t> out;
  for (const shift_observation& one : observed) out.push_back(number(one.distortion));
  if (names.size() >= 3) return out;
  names.clear();
  out.clear();
  for (const shift_observation& one : observed) out.push_back(number(std::to_string(one.task)));
  return out;
}

/// How much the ridge weighs each coefficient: the variance of its regressor within tasks, plus, as many
/// times as a task has batches, the variance between tasks. Batches of one task say the same about a
/// regressor that they share.
MLL_LOCAL std::array<double, 9> ridge_weights(std::span<const shift_observation> observed,
                                              std::span<const double> weights) {
  constexpr std::size_t count = 9;
  struct moments {
    double n = 0;
    std::array<double, count> sum{};
  };
  std::map<std::size_t, moments> tasks;
  std::array<double, count> sum{};
  std::array<double, count> square{};
  double n = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (weights[i] == 0) continue;
    const auto x = shift_regressors(observed[i].features);
    moments& task = tasks[observed[i].task];
    ++task.n;
    ++n;
    for (std::size_t k = 0; k < count; ++k) {
      task.sum[k] += x[k];
      sum[k] += x[k];
      square[k] += x[k] * x[k];
    }
  }
  std::array<double, count> out{1};
  for (std::size_t k = 1; k < count; ++k) {
    const double mean = sum[k] / n;
    double between = 0;
    for (const auto& [task, of] : tasks) between += of.sum[k] * of.sum[k] / of.n / n;
    between = std::max(0.0, between - mean * mean);
    const double within = std::max(0.0, square[k] / n - mean * mean - between);
    out[k] = within + n / static_cast<double>(tasks.size()) * between;
  }
  return out;
}

/// Coefficients fitted to some observations, by damped Gauss-Newton steps.
/// @param[in] weights per observation
MLL_LOCAL shift_fit fit_coefficients(std::span<const shift_observation> observed,
                                     std::span<const double> weights, const shift_fit& prior, double ridge) {
  constexpr std::size_t count = 9;
  const double n = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::array<double, count> penalty = ridge_weights(observed, weights);
  for (double& one : penalty) one = ridge * one + 1e-9;
  struct state {
    double value = 0;
    matrix<double> left = zeros<double>(count, count);
    std::vector<double> right = std::vector<double>(count, 0);
  };
  const auto evaluate = [&](const shift_fit& fit) {
    state out;
    for (std::size_t i = 0; i < observed.size(); ++i) {
      if (weights[i] == 0) continue;
      const auto x = shift_regressors(observed[i].features);
      const double chance = 1 / static_cast<double>(observed[i].classes);
      const double kappa = 1 / (1 + std::exp(-shifted_log_odds(fit, observed[i].features)));
      const double error = chance + (1 - chance) * kappa - observed[i].accuracy;
      const double slope = (1 - chance) * kappa * (1 - kappa);
      const double share = weights[i] / n;
      out.value += share * error * error;
      for (std::size_t k = 0; k < count; ++k) {
        out.right[k] += share * error * slope * x[k];
        const auto row = row_of(out.left, k);
        for (std::size_t j = 0; j <= k; ++j) row[j] += share * slope * slope * x[k] * x[j];
      }
    }
    for (std::size_t k = 0; k < count; ++k) {
      const double off = fit.coefficients[k] - prior.coefficients[k];
      out.value += penalty[k] * off * off;
      out.right[k] += penalty[k] * off;
      row_of(out.left, k)[k] += penalty[k];
    }
    return out;
  };
  shift_fit fit = prior;
  state here = evaluate(fit);
  double damping = 1e-3;
  for (int step = 0; step < 100 && damping < 1e9; ++step) {
    matrix<double> left = here.left;
    std::vector<double> move = here.right;
    for (std::size_t k = 0; k < count; ++k) row_of(left, k)[k] *= 1 + damping;
    solve_spd(left, move);
    shift_fit next = fit;
    for (std::size_t k = 0; k < count; ++k) next.coefficients[k] -= move[k];
    state there = evaluate(next);
    if (!(there.value < here.value)) {
      damping *= 10;
      continue;
    }
    const bool is_done = here.value - there.value < 1e-12;
    fit = next;
    here = std::move(there);
    damping /= 10;
    if (is_done) break;
  }
  return fit;
}

/// Weights by which undistorted batches count as much as all distorted ones together: an estimate must hold
/// in either world.
MLL_LOCAL std::vector<double> weights_of_worlds(std::span<const shift_observation> observed) {
  const auto is_undistorted = [](const shift_observation& one) { return one.distortion.empty(); };
  const auto undistorted =
      static_cast<double>(std::count_if(observed.begin(), observed.end(), is_undistorted));
  const double others = static_cast<double>(observed.size()) - undistorted;
  std::vector<double> out;
  for (const shift_observation& one : observed)
    out.push_back(is_undistorted(one) && others > undistorted ? others / undistorted : 1);
  return out;
}

inline constexpr std::size_t task_folds = 5;  // in which tasks are left out

/// Estimates of all observations, each by a fit to other distortions of other tasks, and to undistorted
/// samples of other tasks, which are never lacking.
MLL_LOCAL std::vector<double> left_out_estimates(std::span<const shift_observation> observed,
                                                 std::span<const double> weights,
                                                 const std::vector<std::size_t>& group,
                                                 const shift_fit& prior, double ridge) {
  std::vector<double> out(observed.size());
  const std::size_t groups = *std::max_element(group.begin(), group.end()) + 1;
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t fold = 0; fold < task_folds; ++fold) {
      std::vector<double> training(weights.begin(), weights.end());
      bool is_empty = true;
      for (std::size_t i = 0; i < observed.size(); ++i) {
        const bool is_used =
            (group[i] != g || observed[i].distortion.empty()) && observed[i].task % task_folds != fold;
        if (!is_used) training[i] = 0;
        is_empty = is_empty && !is_used;
      }
      const shift_fit fit = is_empty ? prior : fit_coefficients(observed, training, prior, ridge);
      for (std::size_t i = 0; i < observed.size(); ++i) {
        if (group[i] == g && observed[i].task % task_folds == fold)
          out[i] = shifted_accuracy(fit, observed[i].features, observed[i].classes);
      }
    }
  }
  return out;
}

/// Standard errors of estimates, each by a spread fitted to the errors of other tasks.
/// @param[in] prior its spread is what the spread falls back to
MLL_LOCAL std::vector<double> left_out_errors(std::span<const shift_observation> observed,
                                              std::span<const double> weights,
                                              std::span<const double> estimates, const shift_fit& prior) {
  std::vector<double> out(observed.size());
  for (std::size_t fold = 0; fold < task_folds; ++fold) {
    std::vector<double> training(weights.begin(), weights.end());
    for (std::size_t i = 0; i < observed.size(); ++i) {
      if (observed[i].task % task_folds == fold) training[i] = 0;
    }
    shift_fit fit = prior;
    fit_spread(observed, training, estimates, fit);
    for (std::size_t i = 0; i < observed.size(); ++i) {
      if (observed[i].task % task_folds == fold)
        out[i] = shift_error(fit, observed[i].features, estimates[i], observed[i].samples);
    }
  }
  return out;
}

}  // namespace detail

MLL_DEFINE shift_fit fit_shift(std::span<const shift_observation> observed, const shift_fit& prior) {
  if (observed.size() < 20)
    throw invalid_argument{"observed", "at least 20 observations", std::to_string(observed.size())};
  const std::vector<std::size_t> group = detail::shift_groups(observed);
  if (*std::max_element(group.begin(), group.end()) == 0)
    throw invalid_argument{"observed", "at least 2 distortions or tasks", "1 task"};
  const std::vector<double> weights = detail::weights_of_worlds(observed);
  double best = std::numeric_limits<double>::infinity();
  double best_ridge = 0;
  std::vector<double> estimates;
  for (const double ridge : {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0}) {
    std::vector<double> here = detail::left_out_estimates(observed, weights, group, prior, ridge);
    double error = 0;
    for (std::size_t i = 0; i < observed.size(); ++i)
      error += weights[i] * (here[i] - observed[i].accuracy) * (here[i] - observed[i].accuracy);
    if (error >= best) continue;
    best = error;
    best_ridge = ridge;
    estimates = std::move(here);
  }
  shift_fit out = detail::fit_coefficients(observed, weights, prior, best_ridge);
  const std::vector<double> errors = detail::left_out_errors(observed, weights, estimates, out);
  detail::fit_spread(observed, weights, estimates, out);
  std::vector<std::pair<double, double>> off[2];  // not adapted, adapted: in standard errors, with weights
  std::vector<std::pair<double, double>> falls;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const shift_observation& one = observed[i];
    off[one.is_adapted ? 1 : 0].emplace_back((one.accuracy - estimates[i]) / errors[i], weights[i]);
    if (!one.distortion.empty() && !one.is_adapted)
      falls.emplace_back(one.features.promised - detail::log_odds_of_kappa(one.accuracy, one.classes), 1.0);
  }
  out.low = out.high = 1;
  for (const auto& of_kind : off) {  // the interval is to hold for either
    if (of_kind.empty()) continue;
    out.low = std::max(out.low, -detail::quantile_of(of_kind, 0.05));
    out.high = std::max(out.high, detail::quantile_of(of_kind, 0.95));
  }
  if (!falls.empty()) {
    out.fall = detail::quantile_of(falls, 0.5);
    out.min_fall = detail::quantile_of(falls, 0.05);
    out.max_fall = detail::quantile_of(falls, 0.95);
  }
  out.name = "learnt-2 (" + std::to_string(observed.size()) + " observations)";
  return out;
}

}  // namespace mll
