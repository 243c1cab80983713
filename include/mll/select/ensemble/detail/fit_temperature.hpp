// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// The factor of class scores with the greatest class-balanced log-likelihood: Newton on its logarithm would
/// do, but golden section needs no derivative and cannot diverge. Searched within [1/8, 8]; 1 without rows.
///
/// @param[in] scores `[rows, classes]`
/// Complexity: O(rows classes), about fifteen passes over the backend. Determinism: the same on every
/// backend.
template <exec::execution_backend Backend, std::floating_point Real>
double best_temperature(const Backend& backend, const matrix<Real>& scores, std::span<const example> rows) {
  if (rows.empty()) return 1;
  constexpr std::size_t block = 256;
  std::vector<double> parts((rows.size() + block - 1) / block);
  const auto likelihood = [&](double log_temperature) {
    const auto temperature = static_cast<Real>(std::exp(log_temperature));
    exec::for_each_index(backend, parts.size(), [&](std::size_t part) {
      parts[part] = 0;
      for (std::size_t i = part * block; i < std::min(rows.size(), (part + 1) * block); ++i) {
        const auto row = scores.row(static_cast<Eigen::Index>(i)).array();
        const Real most = row.maxCoeff();
        const Real own = row[static_cast<Eigen::Index>(rows[i].target.index())];
        const Real total = (temperature * (row - most)).exp().sum();
        parts[part] += static_cast<double>(rows[i].weight) *
                       static_cast<double>(temperature * (own - most) - std::log(total));
      }
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  };
  constexpr double golden = 0.6180339887498949;
  double low = -std::log(8.0);
  double high = std::log(8.0);
  double left = high - golden * (high - low);
  double right = low + golden * (high - low);
  double at_left = likelihood(left);
  double at_right = likelihood(right);
  while (high - low > 0.01) {
    if (at_left >= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - golden * (high - low);
      at_left = likelihood(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + golden * (high - low);
      at_right = likelihood(right);
    }
  }
  return std::exp((low + high) / 2);
}

/// Sets the temperature of a combination of votes to the best one on the evidence. The answers stay the same;
/// only how sure they are changes.
template <exec::execution_backend Backend>
void fit_temperature(const Backend& backend, const task_evidence& evidence, ensemble& fitted) {
  fitted.temperature = 1;
  if (evidence.rows().empty()) return;
  fitted.temperature =
      static_cast<float>(best_temperature(backend, answer_rows(backend, evidence, fitted), evidence.rows()));
}

}  // namespace mll::detail
