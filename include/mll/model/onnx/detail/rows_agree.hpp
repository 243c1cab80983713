// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>

#include "mll/core/matrix.hpp"

namespace mll::detail {

/// Whether values are finite and the same but for rounding: engines choose other kernels for a batch.
[[nodiscard]] inline bool rows_agree(const matrix<float>& alone, const matrix<float>& together) {
  constexpr float rounding = 1e-3F;  // of the largest value
  float scale = 0;
  float error = 0;
  for (Eigen::Index i = 0; i < alone.size(); ++i) {
    const float value = alone.data()[i];
    const float other = together.data()[i];
    if (!std::isfinite(value) || !std::isfinite(other)) return false;
    scale = std::max(scale, std::abs(value));
    error = std::max(error, std::abs(value - other));
  }
  return error <= rounding * scale;
}

/// Whether some row is not the first one but for rounding: else a batch that mixes up its rows would pass.
[[nodiscard]] inline bool rows_differ(const matrix<float>& rows) {
  for (Eigen::Index r = 1; r < rows.rows(); ++r) {
    if (!rows_agree(rows.topRows(1), rows.middleRows(r, 1))) return true;
  }
  return false;
}

}  // namespace mll::detail
