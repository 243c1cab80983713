// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/reuse/detail/shift_model.hpp"
#include "mll/reuse/shift/fit_shift.hpp"
#include "mll/select/estimate/detail/kappa.hpp"

namespace mll {

namespace detail {

/// Value between the two nearest of sorted ones. @param[in] share in [0, 1]
MLL_LOCAL double quantile_of(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
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

/// Coefficients fitted to some observations, by damped Gauss-Newton steps.
/// @param[in] used per observation
MLL_LOCAL shift_fit fit_coefficients(std::span<const shift_observation> observed,
                                     const std::vector<bool>& used, const shift_fit& prior, double ridge) {
  constexpr std::size_t count = 9;
  std::array<double, count> mean{};
  std::array<double, count> square{};
  double n = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (!used[i]) continue;
    const auto x = shift_regressors(observed[i].features);
    for (std::size_t k = 0; k < count; ++k) {
      mean[k] += x[k];
      square[k] += x[k] * x[k];
    }
    ++n;
  }
  std::array<double, count> penalty{};
  for (std::size_t k = 0; k < count; ++k) {
    const double variance = std::max(0.0, square[k] / n - mean[k] / n * (mean[k] / n));
    penalty[k] = ridge * (k == 0 ? 1 : variance) + 1e-9;
  }
  struct state {
    double value = 0;
    matrix<double> left = zeros<double>(count, count);
    std::vector<double> right = std::vector<double>(count, 0);
  };
  const auto evaluate = [&](const shift_fit& fit) {
    state out;
    for (std::size_t i = 0; i < observed.size(); ++i) {
      if (!used[i]) continue;
      const auto x = shift_regressors(observed[i].features);
      const double chance = 1 / static_cast<double>(observed[i].classes);
      const double kappa = 1 / (1 + std::exp(-shifted_log_odds(fit, observed[i].features)));
      const double error = chance + (1 - chance) * kappa - observed[i].accuracy;
      const double slope = (1 - chance) * kappa * (1 - kappa);
      out.value += error * error / n;
      for (std::size_t k = 0; k < count; ++k) {
        out.right[k] += error * slope * x[k] / n;
        const auto row = row_of(out.left, k);
        for (std::size_t j = 0; j <= k; ++j) row[j] += slope * slope * x[k] * x[j] / n;
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

/// Estimates of all observations, each by a fit to other distortions of other tasks.
MLL_LOCAL std::vector<double> left_out_estimates(std::span<const shift_observation> observed,
                                                 const std::vector<std::size_t>& group,
                                                 const shift_fit& prior, double ridge) {
  constexpr std::size_t folds = 5;  // of the tasks
  std::vector<double> out(observed.size());
  const std::size_t groups = *std::max_element(group.begin(), group.end()) + 1;
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t fold = 0; fold < folds; ++fold) {
      std::vector<bool> used;
      for (std::size_t i = 0; i < observed.size(); ++i)
        used.push_back(group[i] != g && observed[i].task % folds != fold);
      shift_fit fit = prior;
      if (std::find(used.begin(), used.end(), true) != used.end())
        fit = fit_coefficients(observed, used, prior, ridge);
      for (std::size_t i = 0; i < observed.size(); ++i) {
        if (group[i] == g && observed[i].task % folds == fold)
          out[i] = accuracy_of_log_odds(shifted_log_odds(fit, observed[i].features), observed[i].classes);
      }
    }
  }
  return out;
}

/// The spread of errors, by Fisher scoring with a weak ridge at that of the prior.
MLL_LOCAL void fit_spread(std::span<const shift_observation> observed, std::span<const double> estimates,
                          shift_fit& fit) {
  constexpr std::size_t count = 4;
  const std::array<double, count> prior = fit.spread;
  for (int step = 0; step < 50; ++step) {
    matrix<double> left = zeros<double>(count, count);
    std::vector<double> move(count, 0);
    for (std::size_t i = 0; i < observed.size(); ++i) {
      const auto z = spread_regressors(observed[i].features, estimates[i]);
      const double error = estimates[i] - observed[i].accuracy;
      const double s = shift_error(fit, observed[i].features, estimates[i], observed[i].samples);
      const double variance = s * s;
      const double own = variance - sampling_variance(estimates[i], observed[i].samples);
      const double share = own / variance;
      for (std::size_t k = 0; k < count; ++k) {
        move[k] += (error * error / variance - 1) * share * z[k];
        for (std::size_t j = 0; j <= k; ++j) row_of(left, k)[j] += 2 * share * share * z[k] * z[j];
      }
    }
    constexpr double ridge = 5;
    for (std::size_t k = 0; k < count; ++k) {
      move[k] += ridge * (prior[k] - fit.spread[k]);
      row_of(left, k)[k] += ridge;
    }
    solve_spd(left, move);
    double largest = 0;
    for (const double one : move) largest = std::max(largest, std::abs(one));
    for (std::size_t k = 0; k < count; ++k) fit.spread[k] += move[k] * std::min(1.0, 0.5 / largest);
    if (largest < 1e-6) break;
  }
}

}  // namespace detail

MLL_DEFINE shift_fit fit_shift(std::span<const shift_observation> observed, const shift_fit& prior) {
  if (observed.size() < 20)
    throw invalid_argument{"observed", "at least 20 observations", std::to_string(observed.size())};
  const std::vector<std::size_t> group = detail::shift_groups(observed);
  if (*std::max_element(group.begin(), group.end()) == 0)
    throw invalid_argument{"observed", "at least 2 distortions or tasks", "1 task"};
  double best = std::numeric_limits<double>::infinity();
  double best_ridge = 0;
  std::vector<double> estimates;
  for (const double ridge : {1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0}) {
    std::vector<double> here = detail::left_out_estimates(observed, group, prior, ridge);
    double error = 0;
    for (std::size_t i = 0; i < observed.size(); ++i)
      error += (here[i] - observed[i].accuracy) * (here[i] - observed[i].accuracy);
    if (error >= best) continue;
    best = error;
    best_ridge = ridge;
    estimates = std::move(here);
  }
  shift_fit out =
      detail::fit_coefficients(observed, std::vector<bool>(observed.size(), true), prior, best_ridge);
  detail::fit_spread(observed, estimates, out);
  std::vector<double> errors;  // in standard errors
  std::vector<double> falls;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const shift_observation& one = observed[i];
    errors.push_back((one.accuracy - estimates[i]) /
                     detail::shift_error(out, one.features, estimates[i], one.samples));
    if (!one.distortion.empty() && !one.is_adapted)
      falls.push_back(one.features.promised - detail::log_odds_of_kappa(one.accuracy, one.classes));
  }
  out.low = std::max(1.0, -detail::quantile_of(errors, 0.05));
  out.high = std::max(1.0, detail::quantile_of(errors, 0.95));
  if (!falls.empty()) {
    out.fall = detail::quantile_of(falls, 0.5);
    out.min_fall = detail::quantile_of(falls, 0.05);
    out.max_fall = detail::quantile_of(falls, 0.95);
  }
  out.name = "learnt-1 (" + std::to_string(observed.size()) + " observations)";
  return out;
}

}  // namespace mll
