// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "mll/core/detail/elementwise.hpp"
#include "mll/select/calibrate/calibration.hpp"
#include "mll/select/calibrate/detail/fit_logistic.hpp"

namespace mll {

MLL_DEFINE calibration calibrate(std::span<const float> responses, std::span<const example> rows,
                                 class_id target, const calibration_prior& prior) {
  std::size_t positives = 0;
  float rest_weight = 0;
  for (const example& row : rows) {
    if (row.target == target) {
      ++positives;
    } else {
      rest_weight += row.weight;
    }
  }
  const std::size_t size = detail::padded(rows.size());
  std::vector<float> memory(5 * size, 0.0F);
  const auto part = [&](std::size_t i) { return std::span{memory}.subspan(i * size, size); };
  std::copy(responses.begin(), responses.end(), part(0).begin());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].target == target) {
      part(1)[i] = 0.5F * rows[i].weight;
    } else {
      part(2)[i] = 0.5F / rest_weight * rows[i].weight;
    }
  }
  // Both sides weigh the same, so the smaller one limits the information.
  const double samples = 2 * static_cast<double>(std::min(positives, rows.size() - positives));
  return detail::fit_logistic({part(0), part(1), part(2), part(3), part(4)}, samples, prior);
}

}  // namespace mll
