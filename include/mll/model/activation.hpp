// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"

namespace mll {

/// How the output of the last layer becomes scores.
enum class activation {
  softmax,   ///< exclusive heads: the scores of a sample sum to 1
  sigmoid,   ///< independent heads
  identity,  ///< the layer outputs scores in [0, 1]
};

/// Applies an activation in place.
/// @param[in,out] scores `[samples, heads]`
inline void activate(activation kind, matrix_ref<float> scores) {
  const auto row = [&](Eigen::Index r) {
    return std::span<float>{scores.row(r).data(), static_cast<std::size_t>(scores.cols())};
  };
  switch (kind) {
    case activation::softmax:
      for (Eigen::Index r = 0; r < scores.rows(); ++r) numerics::softmax(row(r));
      break;
    case activation::sigmoid:
      for (Eigen::Index r = 0; r < scores.rows(); ++r) {
        for (float& x : row(r)) x = numerics::sigmoid(x);
      }
      break;
    case activation::identity:
      break;
  }
}

}  // namespace mll
