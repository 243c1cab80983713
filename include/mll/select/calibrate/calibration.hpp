// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "mll/core/ids.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

namespace detail {

/// Newton's method for a logistic map of weighted answers, each of which may speak for both sides.
///
/// @param[in] log_odds `[n]`
/// @param[in] own      `[n]` weight of the samples of the class that answered so
/// @param[in] rest     `[n]` weight of all others
/// @param[in] samples  what the prior is weighed against
/// The objective is strictly convex, so that the result is unique. Complexity: O(n), about ten passes.
template <class Column>
[[nodiscard]] calibration fit_logistic(const Column& log_odds, const Column& own, const Column& rest,
                                       double samples, const calibration_prior& prior) {
  const Column both = own + rest;
  Column margin(log_odds.rows());
  Column fade(log_odds.rows());  // e^-|margin|
  const auto total_loss = [&](double slope, double intercept) {
    using T = typename Column::Scalar;
    margin = static_cast<T>(slope) * log_odds + static_cast<T>(intercept);
    fade = (-margin.abs()).exp();
    const Column terms = both * (1 + fade).log() + own * (-margin).max(T{0}) + rest * margin.max(T{0});
    return terms.template cast<double>().sum();
  };
  const auto penalty = [&](double slope, double intercept) {
    return 0.5 *
           (prior.slope_precision * (slope - prior.slope) * (slope - prior.slope) +
            prior.intercept_precision * intercept * intercept) /
           samples;
  };
  double a = prior.slope;
  double b = 0;
  double loss = total_loss(a, b);
  double total = loss + penalty(a, b);
  for (int iteration = 0; iteration < 30; ++iteration) {
    const Column sure = (1 + fade).inverse();
    const Column unsure = fade * sure;
    const Column slack = rest * (margin > 0).select(sure, unsure) - own * (margin > 0).select(unsure, sure);
    const Column curve = both * sure * unsure;
    const double ga = (slack * log_odds).template cast<double>().sum() +
                      prior.slope_precision * (a - prior.slope) / samples;
    const double gb = slack.template cast<double>().sum() + prior.intercept_precision * b / samples;
    const double haa =
        (curve * log_odds.square()).template cast<double>().sum() + prior.slope_precision / samples;
    const double hab = (curve * log_odds).template cast<double>().sum();
    const double hbb = curve.template cast<double>().sum() + prior.intercept_precision / samples;
    const double det = haa * hbb - hab * hab;
    const double da = (hbb * ga - hab * gb) / det;
    const double db = (haa * gb - hab * ga) / det;
    if (da * ga + db * gb < 2e-8) break;  // a step would gain half of that
    double step = 1;
    double next = 0;
    double next_loss = 0;
    for (; step > 1e-4; step /= 2) {  // Newton overshoots where the curve is flat
      next_loss = total_loss(a - step * da, b - step * db);
      next = next_loss + penalty(a - step * da, b - step * db);
      if (next <= total) break;
    }
    if (!(next < total)) break;
    a -= step * da;
    b -= step * db;
    loss = next_loss;
    const bool settled = total - next < 1e-7;
    total = next;
    if (settled) break;
  }
  return {static_cast<float>(a), static_cast<float>(b), static_cast<float>(loss)};
}

}  // namespace detail

/// Fits the calibration of one head for one class: Platt's logistic map (Platt 1999) by Newton's method, with
/// the samples of the class weighing as much as all others, and every other class as much as each other,
/// shrunk to the prior.
///
/// @param[in] answers  `[rows]` log-odds of the answers of the head
/// @param[in] rows     the rows of the evidence
/// @param[in] target   the class; it and at least one other class must have rows
/// Complexity: O(rows), about ten passes.
template <class Column>
[[nodiscard]] calibration calibrate(const Eigen::ArrayBase<Column>& answers, std::span<const example> rows,
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
  // The smaller side counts, since both weigh the same.
  const double samples = 2 * static_cast<double>(std::min(positives, rows.size() - positives));
  return detail::fit_logistic<column>(answers, own, rest, samples, prior);
}

}  // namespace mll
