// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>

namespace mll {

/// An owning, row-major, dynamically sized matrix: rows are samples (or texts, or nodes), columns heads (or
/// dimensions).
template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A writable view of a row-major block that somebody else owns; binds without a copy to a `matrix` and to
/// its rows, columns ranges and blocks.
template <class T>
using matrix_ref = Eigen::Ref<matrix<T>, 0, Eigen::OuterStride<>>;

/// A read-only view; pass it by value or by const reference. Binds without a copy to row-major data and
/// copies anything else (an expression, a column-major matrix) into a temporary of its own.
template <class T>
using const_matrix_ref = Eigen::Ref<const matrix<T>, 0, Eigen::OuterStride<>>;

}  // namespace mll
