// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/matrix.hpp"

template <int Alignment>
bool mll::detail::program_and_library_use_the_same_vector_instructions() noexcept {
  return true;
}
template bool
mll::detail::program_and_library_use_the_same_vector_instructions<EIGEN_MAX_ALIGN_BYTES>() noexcept;
