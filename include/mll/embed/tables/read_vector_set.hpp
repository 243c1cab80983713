// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <type_traits>

#include "mll/core/io/map_file.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/io/npy_rows.hpp"
#include "mll/embed/tables/detail/npy_matrix.hpp"
#include "mll/embed/vector_set.hpp"

namespace mll {

/// Maps a matrix in a `.npy` file (`numpy.save`). It is read when it is used; the file must not change
/// meanwhile. Numbers that cannot be used in place (of another type or byte order, or in Fortran order) are
/// converted in memory.
///
/// @tparam T `float` for every type that `npy_rows` reads, `Eigen::half` for float16 alone
///
/// Throws: `parse_error` naming the file if it is missing, truncated, too long, of another type, or not a
/// matrix. Numbers may be infinite or NaN. Complexity: constant, or linear if the numbers are converted.
template <class T = float>
[[nodiscard]] vector_set<T> read_vector_set(const std::filesystem::path& path) {
  const detail::file_bytes file = detail::map_file(path);
  const detail::npy_matrix found = detail::parse_npy_matrix(file);
  constexpr auto wanted = std::is_same_v<T, float> ? detail::stored_as::float32 : detail::stored_as::float16;
  if (found.type == wanted) {
    const char* const first = file.content.data() + found.first;
    // NumPy puts the numbers at a multiple of 64 bytes (16 in old files), others anywhere.
    if (reinterpret_cast<std::uintptr_t>(first) % alignof(T) == 0)
      return {reinterpret_cast<const T*>(first), static_cast<Eigen::Index>(found.rows),
              static_cast<Eigen::Index>(found.columns), file.owner};
  }
  if constexpr (std::is_same_v<T, float>) {
    return vector_set<T>{npy_rows{file}.all()};
  } else {
    return vector_set<T>{read_npy<T>(path)};
  }
}

}  // namespace mll
