// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <type_traits>

#include "mll/core/io/replace_file.hpp"
#include "mll/embed/vector_set.hpp"

namespace mll {

/// Writes vectors as a `.npy` file (version 1.0, float32 or float16), for `read_vector_set` and NumPy. The
/// file is there as a whole or not at all.
///
/// Throws: `error` naming the file if it cannot be written. Complexity: linear.
template <class T>
void write_vector_set(const std::filesystem::path& path, const vector_set<T>& vectors) {
  std::string header = std::string{"{'descr': '"} + (std::is_same_v<T, float> ? "<f4" : "<f2") +
                       "', 'fortran_order': False, 'shape': (" + std::to_string(vectors.size()) + ", " +
                       std::to_string(vectors.dimension()) + "), }";
  constexpr std::size_t start = 10;
  header.resize((start + header.size() + 1 + 63) / 64 * 64 - start - 1, ' ');
  header += '\n';
  detail::replace_file(path, [&](std::ostream& out) {
    out << "\x93NUMPY\x01" << '\0' << static_cast<char>(header.size() % 256)
        << static_cast<char>(header.size() / 256) << header;
    const auto rows = vectors.rows();
    out.write(reinterpret_cast<const char*>(rows.data()),
              static_cast<std::streamsize>(static_cast<std::size_t>(rows.size()) * sizeof(T)));
  });
}

}  // namespace mll
