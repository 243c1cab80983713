// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "mll/core/ids.hpp"
#include "mll/select/calibrate/detail/newton_logistic.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

namespace detail {

/// Fits a logistic map to weighted responses; a response may have weight on both sides.
///
/// @param[in] log_odds `[n]`
/// @param[in] own      `[n]` weight of the samples of the class
/// @param[in] rest     `[n]` weight of all other samples
/// @param[in] samples  effective number of samples, which divides the precision of the prior
/// Complexity: O(n) per iteration, about ten iterations.
template <class Column>
[[nodiscard]] calibration fit_logistic(const Column& log_odds, const Column& own, const Column& rest,
                                       double samples, const calibration_prior& prior) {
  using T = typename Column::Scalar;
  const Column both = own + rest;
  Column margin(log_odds.rows());
  Column fade(log_odds.rows());  // e^-|margin|
  const auto loss = [&](double slope, double intercept) {
    margin = static_cast<T>(slope) * log_odds + static_cast<T>(intercept);
    fade = (-margin.abs()).exp();
    const Column terms = both * (1 + fade).log() + own * (-margin).max(T{0}) + rest * margin.max(T{0});
    return terms.template cast<double>().sum();
  };
  const auto derive = [&] {
    const Column sure = (1 + fade).inverse();
    const Column unsure = fade * sure;
    const Column slack = rest * (margin > 0).select(sure, unsure) - own * (margin > 0).select(unsure, sure);
    const Column curve = both * sure * unsure;
    const auto sum = [](const auto& terms) { return terms.template cast<double>().sum(); };
    return logistic_derivatives{sum(slack * log_odds), sum(slack), sum(curve * log_odds.square()),
                                sum(curve * log_odds), sum(curve)};
  };
  return newton_logistic(prior, samples, loss, derive);
}

}  // namespace detail

/// Calibrates one head for one class: Platt's logistic map (Platt 1999) with a normal prior, fitted by
/// Newton's method. The class weighs as much as all other classes together, and these weigh equally.
///
/// @param[in] responses `[rows]` responses of the head, in log-odds
/// @param[in] rows      the rows of the evidence
/// @param[in] target    the class; it and at least one other class must have rows
/// @param[in] prior     prior of slope and intercept
/// Complexity: O(rows) per iteration, about ten iterations.
template <class Column>
[[nodiscard]] calibration calibrate(const Eigen::ArrayBase<Column>& responses, std::span<const example> rows,
                                    class_id target, const calibration_prior& prior = {}) {
  using T = typename Column::Scalar;
  using column = Eigen::ArrayX<T>;
  const auto n = static_cast<Eigen::Index>(rows.size());
  column own = column::Zero(n);
  column rest = column::Zero(n);
  std::size_t positives = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    const example& row = rows[static_cast<std::size_t>(i)];
    (row.target == target ? own : rest)[i] = row.weight;
    positives += row.target == target ? 1 : 0;
  }
  own *= T{0.5};
  rest *= T{0.5} / rest.sum();
  // Both sides weigh the same, so the smaller one limits the information.
  const double samples = 2 * static_cast<double>(std::min(positives, rows.size() - positives));
  return detail::fit_logistic<column>(responses, own, rest, samples, prior);
}

}  // namespace mll
