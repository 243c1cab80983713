// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <span>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"

namespace mll {

/// How the last layer of a model becomes scores.
enum class activation {
  softmax,   ///< the heads exclude each other: the scores of a sample sum to 1
  sigmoid,   ///< every head answers for itself
  identity,  ///< the layer gives numbers in [0, 1] already
};

/// Applies an activation in place. Rows are samples, columns heads.
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
