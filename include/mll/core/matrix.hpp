// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>

#include "mll/core/detail/compiled.hpp"

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

#if MLL_COMPILED
namespace detail {

/// Defined in `mll::compiled` for the alignment of its memory. If the linker misses it, program and library
/// were compiled for different vector instructions (`-march`), between which Eigen cannot share memory:
/// compile both with the same flags.
template <int Alignment>
bool program_and_library_use_the_same_vector_instructions() noexcept;

inline const bool is_linked_with_library =
    program_and_library_use_the_same_vector_instructions<EIGEN_MAX_ALIGN_BYTES>();

}  // namespace detail
#endif

}  // namespace mll
