// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>

#include "mll/core/error.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/embed/tables/detail/npy_matrix.hpp"
#include "mll/embed/vector_set.hpp"

namespace mll {

/// Maps a matrix in a `.npy` file (`numpy.save`). It is read when it is used; the file must not change
/// meanwhile.
///
/// @tparam T `float` for float32, `Eigen::half` for float16
///
/// Throws: `parse_error` naming the file if it is missing, truncated, too long, of another type, or not a
/// matrix in C order. Numbers may be infinite or NaN. Complexity: constant.
template <class T = float>
[[nodiscard]] vector_set<T> read_vector_set(const std::filesystem::path& path) {
  const detail::file_bytes file = detail::map_file(path);
  const detail::npy_matrix found = detail::parse_npy_matrix(file);
  constexpr auto wanted = std::is_same_v<T, float> ? detail::stored_as::float32 : detail::stored_as::float16;
  if (found.type != wanted) {
    throw parse_error{file.name, 0, std::is_same_v<T, float> ? "float32 ('<f4')" : "float16 ('<f2')",
                      std::is_same_v<T, float> ? "float16 ('<f2')" : "float32 ('<f4')"};
  }
  // NumPy puts the numbers at a multiple of 64 bytes (16 in old files).
  if (found.first % alignof(T) != 0) {
    throw parse_error{file.name, 0, "numbers at a multiple of " + std::to_string(alignof(T)) + " bytes",
                      "byte " + std::to_string(found.first)};
  }
  return {reinterpret_cast<const T*>(file.content.data() + found.first),
          static_cast<Eigen::Index>(found.rows), static_cast<Eigen::Index>(found.columns), file.owner};
}

}  // namespace mll
