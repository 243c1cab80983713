// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// Scales the embeddings of a general model to unit length; zero rows stay.
/// Throws: `model_error` if an entry is not finite.
template <class T>
matrix<T> unit_rows(matrix<T> rows, const char* what) {
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const T length = rows.row(i).norm();
    if (!std::isfinite(length)) {
      throw model_error{"general model", std::string{what} + " " + std::to_string(i) +
                                             ": expected a finite embedding, found NaN or infinity"};
    }
    if (length > 0) rows.row(i) /= length;
  }
  return rows;
}

}  // namespace mll::detail
