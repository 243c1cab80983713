// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"

namespace mll {

MLL_DEFINE double detail::best_temperature(exec::backend_ref backend, const matrix<float>& scores,
                                           std::span<const example> rows, double limit) {
  if (rows.empty()) return 1;
  constexpr std::size_t block = 256;
  std::vector<double> parts((rows.size() + block - 1) / block);
  const auto likelihood = [&](double log_temperature) {
    const auto temperature = static_cast<float>(std::exp(log_temperature));
    exec::for_each_index(backend, parts.size(), [&](std::size_t part) {
      std::vector<float> scaled(static_cast<std::size_t>(scores.cols()));
      parts[part] = 0;
      for (std::size_t i = part * block; i < std::min(rows.size(), (part + 1) * block); ++i) {
        const std::span<const float> row = row_of(scores, i);
        const float largest = *std::max_element(row.begin(), row.end());
        const float own = temperature * (row[rows[i].target.index()] - largest);
        for (std::size_t y = 0; y < row.size(); ++y) scaled[y] = temperature * (row[y] - largest);
        exp_in_place(std::span{scaled});
        const float total = std::accumulate(scaled.begin(), scaled.end(), 0.0F);
        parts[part] += static_cast<double>(rows[i].weight) * static_cast<double>(own - std::log(total));
      }
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  };
  constexpr double golden = 0.6180339887498949;
  double low = -std::log(limit);
  double high = std::log(limit);
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

MLL_DEFINE void detail::fit_temperature(exec::backend_ref backend, const task_evidence& evidence,
                                        ensemble& fitted) {
  fitted.temperature = 1;
  if (evidence.rows().empty()) return;
  fitted.temperature =
      static_cast<float>(best_temperature(backend, answer_rows(backend, evidence, fitted), evidence.rows()));
}

}  // namespace mll
