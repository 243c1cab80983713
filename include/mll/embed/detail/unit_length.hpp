// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace mll::detail {

/// Writes `values` scaled to unit length into `row`; zeros if they are (nearly) zero. Summed from left to
/// right, so that a row does not depend on the instruction set or on its neighbours.
inline void write_unit_row(std::span<const double> values, float* row) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  const double scale = squares > 1e-30 ? 1 / std::sqrt(squares) : 0;
  for (std::size_t i = 0; i < values.size(); ++i) row[i] = static_cast<float>(values[i] * scale);
}

}  // namespace mll::detail
