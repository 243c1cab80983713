// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <ostream>

#include "mll/core/io/npy.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/core/io/replace_file.hpp"
#include "mll/embed/vector_set.hpp"

namespace mll {

/// Writes vectors to a `.npy` file (version 1.0, float32 or float16), for `read_vector_set` and NumPy. The
/// file is written completely or not at all.
///
/// Throws: `error` naming the file if it cannot be written.
template <class T>
void write_vector_set(const std::filesystem::path& path, const vector_set<T>& vectors) {
  detail::replace_file(path, [&](std::ostream& out) {
    out << detail::format_npy_header(detail::npy_type_of<T>(), vectors.size(), vectors.dimension());
    const auto rows = vectors.rows();
    out.write(reinterpret_cast<const char*>(rows.data()),
              static_cast<std::streamsize>(static_cast<std::size_t>(rows.size()) * sizeof(T)));
  });
}

}  // namespace mll
