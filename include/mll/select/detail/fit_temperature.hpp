// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/combination.hpp"
#include "mll/select/detail/used_heads.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll::detail {

/// Sets the temperature of a combination of votes to the one with the greatest class-balanced log-likelihood:
/// Newton on its logarithm would do, but golden section needs no derivative and cannot diverge. The answer
/// stays the same; only how sure it is changes. Searched within [1/8, 8].
template <exec::execution_backend Backend, class Labels>
void fit_temperature(const Backend& backend, const task_evidence<Labels>& evidence, combination& fitted) {
  fitted.temperature = 1;
  if (evidence.rows().empty()) return;
  const matrix<float> scores = answer_rows(backend, evidence, fitted);
  matrix<float> scaled;
  const auto likelihood = [&](double log_temperature) {
    scaled = static_cast<float>(std::exp(log_temperature)) * scores;
    log_softmax_rows(scaled);
    double total = 0;
    for (std::size_t i = 0; i < evidence.rows().size(); ++i) {
      const evidence_row& row = evidence.rows()[i];
      total += static_cast<double>(row.weight) *
               static_cast<double>(
                   scaled(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(row.label.index())));
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
  fitted.temperature = static_cast<float>(std::exp((low + high) / 2));
}

}  // namespace mll::detail
