// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/combination.hpp"
#include "mll/select/detail/used_heads.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll::detail {

/// The factor of class scores with the greatest class-balanced log-likelihood: Newton on its logarithm would
/// do, but golden section needs no derivative and cannot diverge. Searched within [1/8, 8]; 1 without rows.
///
/// @param[in] scores `[rows, classes]`
inline double best_temperature(const matrix<float>& scores, std::span<const evidence_row> rows) {
  if (rows.empty()) return 1;
  matrix<float> scaled;
  const auto likelihood = [&](double log_temperature) {
    scaled = static_cast<float>(std::exp(log_temperature)) * scores;
    log_softmax_rows(scaled);
    double total = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      total += static_cast<double>(rows[i].weight) *
               static_cast<double>(
                   scaled(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(rows[i].label.index())));
    }
    return total;
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
template <exec::execution_backend Backend, class Labels>
void fit_temperature(const Backend& backend, const task_evidence<Labels>& evidence, combination& fitted) {
  fitted.temperature = 1;
  if (evidence.rows().empty()) return;
  fitted.temperature =
      static_cast<float>(best_temperature(answer_rows(backend, evidence, fitted), evidence.rows()));
}

}  // namespace mll::detail
