// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>

namespace mll {

/// An owning row-major matrix of dynamic size. Rows are samples, texts or nodes; columns are heads or
/// dimensions.
template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A writable view of row-major data. Binds without a copy to a `matrix` and to its rows, column ranges and
/// blocks.
template <class T>
using matrix_ref = Eigen::Ref<matrix<T>, 0, Eigen::OuterStride<>>;

/// A read-only view; pass it by const reference. Binds without a copy to row-major data; anything else (an
/// expression, a column-major matrix) is copied into a temporary.
template <class T>
using const_matrix_ref = Eigen::Ref<const matrix<T>, 0, Eigen::OuterStride<>>;

}  // namespace mll
