// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/detail/product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// An affine map of row vectors, `x * weights + bias`. The weights of one input are contiguous, so a sparse
/// row reads whole cache lines.
struct affine {
  matrix<float> weights;  ///< `[inputs, outputs]`
  Eigen::RowVectorXf bias;

  /// @param[in] rows  `[outputs, inputs]`
  /// @param[in] shift `[outputs]`
  /// @param[in] where prefix of argument names in messages, e.g. `"layers[2]."`
  /// Throws: `invalid_argument` if there are no outputs, the shapes do not match, or an entry is not finite.
  affine(const const_matrix_ref<float>& rows, const Eigen::Ref<const Eigen::VectorXf>& shift,
         const std::string& where = {})
      : weights{rows.transpose()}, bias{shift.transpose()} {
    if (rows.rows() == 0) throw invalid_argument{where + "weights", "at least one row", "none"};
    if (shift.size() != rows.rows()) {
      throw invalid_argument{where + "bias",
                             std::to_string(rows.rows()) + " values, one per row of the weights",
                             std::to_string(shift.size())};
    }
    if (!is_finite(weights)) throw invalid_argument{where + "weights", "finite values", "NaN or infinity"};
    if (!is_finite(bias)) throw invalid_argument{where + "bias", "finite values", "NaN or infinity"};
  }

  /// @param[in] x `[batch, inputs]`
  /// @return `[batch, outputs]`
  template <class Rows>
  [[nodiscard]] matrix<float> operator()(const Eigen::MatrixBase<Rows>& x) const {
    matrix<float> out = product<float>(x.derived(), weights);
    out.rowwise() += bias;
    return out;
  }
  template <class Rows>
  [[nodiscard]] matrix<float> operator()(const Eigen::SparseMatrixBase<Rows>& x) const {
    matrix<float> out = x.derived() * weights;
    out.rowwise() += bias;
    return out;
  }

  /// By element, because `allFinite` of an Eigen reference is slow to compile.
  template <class Dense>
  [[nodiscard]] static bool is_finite(const Dense& values) {
    return std::all_of(values.data(), values.data() + values.size(),
                       [](float x) { return std::isfinite(x); });
  }

  [[nodiscard]] std::size_t inputs() const noexcept { return static_cast<std::size_t>(weights.rows()); }
  [[nodiscard]] std::size_t outputs() const noexcept { return static_cast<std::size_t>(weights.cols()); }
};

/// Throws `invalid_argument` unless there is one name per head.
inline void check_head_names(const std::vector<std::string>& names, std::size_t heads) {
  if (names.size() != heads) {
    throw invalid_argument{"head_names", std::to_string(heads) + " names, one per head",
                           std::to_string(names.size())};
  }
}

}  // namespace mll::detail
