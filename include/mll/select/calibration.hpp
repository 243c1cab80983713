// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "mll/core/ids.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll {

/// A logistic map of log-odds and how well it fits: `P(y | p) = sigmoid(slope logit(p) + intercept)`.
struct calibration {
  float slope = 1;
  float intercept = 0;
  float loss = 0;  ///< class-balanced one-vs-rest log-loss in nats, without the prior; log 2 = knows nothing
};

/// Prior of a calibration: independent normals, as precisions.
struct calibration_prior {
  double slope = 1;            ///< mean of the slope
  double slope_precision = 1;  ///< in units of one sample
  double intercept_precision = 0.01;
};

/// Fits the calibration of one head for one class: Platt's logistic map (Platt 1999) by Newton's method, with
/// the samples of the class weighing as much as all others, and every other class as much as each other,
/// shrunk to the prior.
///
/// @param[in] answers  `[rows]` log-odds of the answers of the head
/// @param[in] rows     the rows of the evidence
/// @param[in] target   the class; it and at least one other class must have rows
/// Complexity: O(rows), about ten passes. The objective is strictly convex, so that the result is unique.
template <class Column>
[[nodiscard]] calibration calibrate(const Eigen::ArrayBase<Column>& answers,
                                    std::span<const evidence_row> rows, class_id target,
                                    const calibration_prior& prior = {}) {
  const auto n = static_cast<Eigen::Index>(rows.size());
  using column = Eigen::ArrayX<typename Column::Scalar>;
  const column log_odds = answers;
  column sign(n);
  column weight(n);
  double positives = 0;
  double rest = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    const evidence_row& row = rows[static_cast<std::size_t>(i)];
    sign[i] = row.label == target ? 1.0F : -1.0F;
    weight[i] = row.weight;
    if (row.label == target) {
      ++positives;
    } else {
      rest += row.weight;
    }
  }
  for (Eigen::Index i = 0; i < n; ++i) weight[i] *= static_cast<float>(sign[i] > 0 ? 0.5 : 0.5 / rest);
  // What the prior is weighed against: the smaller side counts, since both weigh the same.
  const double samples = 2 * std::min(positives, static_cast<double>(rows.size()) - positives);

  double a = prior.slope;
  double b = 0;
  column margin(n);
  const auto data_loss = [&](double slope, double intercept) {
    margin = sign * (static_cast<float>(slope) * log_odds + static_cast<float>(intercept));
    return (weight * ((-margin).max(0.0F) + (1 + (-margin.abs()).exp()).log())).template cast<double>().sum();
  };
  const auto penalty = [&](double slope, double intercept) {
    return 0.5 *
           (prior.slope_precision * (slope - prior.slope) * (slope - prior.slope) +
            prior.intercept_precision * intercept * intercept) /
           samples;
  };
  double loss = data_loss(a, b);
  double total = loss + penalty(a, b);
  for (int iteration = 0; iteration < 30; ++iteration) {
    const column miss = (1 + margin.exp()).inverse();  // probability of the wrong answer
    const column slack = -weight * sign * miss;
    const column curve = weight * miss * (1 - miss);
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
    double step = 1;
    double next = 0;
    for (; step > 1e-4; step /= 2) {  // Newton overshoots where the curve is flat
      next = data_loss(a - step * da, b - step * db) + penalty(a - step * da, b - step * db);
      if (next <= total) break;
    }
    if (!(next < total)) break;
    a -= step * da;
    b -= step * db;
    const bool settled = total - next < 1e-7;
    total = next;
    if (settled) break;
  }
  loss = data_loss(a, b);
  return {static_cast<float>(a), static_cast<float>(b), static_cast<float>(loss)};
}

}  // namespace mll
