// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
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
  // Differences to the largest score of the row, padded so that the exponential of the padding is 0.
  const auto classes = static_cast<std::size_t>(scores.cols());
  const std::size_t width = padded(classes);
  constexpr float nothing = -std::numeric_limits<float>::infinity();
  std::vector<float> behind(rows.size() * width, nothing);
  constexpr std::size_t block = 256;
  const std::size_t blocks = (rows.size() + block - 1) / block;
  const auto each_row = [&](std::size_t part, const auto& f) {
    for (std::size_t i = part * block; i < std::min(rows.size(), (part + 1) * block); ++i)
      f(i, behind.data() + i * width);
  };
  exec::for_each_index(backend, blocks, [&](std::size_t part) {
    each_row(part, [&](std::size_t i, float* to) {
      const float* const row = row_of(scores, i).data();
      float largest = row[0];
      for (std::size_t y = 1; y < classes; ++y) largest = std::max(largest, row[y]);
      for (std::size_t y = 0; y < classes; ++y) to[y] = row[y] - largest;
    });
  });
  std::vector<double> parts(blocks);
  const auto likelihood = [&](double log_temperature) {
    const auto temperature = static_cast<float>(std::exp(log_temperature));
    exec::for_each_index(backend, blocks, [&](std::size_t part) {
      double sum = 0;
      each_row(part, [&](std::size_t i, const float* row) {
        alignas(64) float totals[lane_block] = {};
        for (std::size_t first = 0; first < width; first += lane_block) {
          alignas(64) float odds[lane_block];
          for (std::size_t k = 0; k < lane_block; ++k) odds[k] = temperature * row[first + k];
          exp_lanes(odds);
          for (std::size_t k = 0; k < lane_block; ++k) totals[k] += odds[k];
        }
        for (std::size_t half = lane_block / 2; half > 0; half /= 2) {
          for (std::size_t k = 0; k < half; ++k) totals[k] += totals[k + half];
        }
        const float own = temperature * row[rows[i].target.index()];
        sum += static_cast<double>(rows[i].weight) * static_cast<double>(own - std::log(totals[0]));
      });
      parts[part] = sum;
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
