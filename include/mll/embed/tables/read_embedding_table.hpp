// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/io/npy_rows.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/detail/vector_rows.hpp"
#include "mll/embed/tables/detail/npy_matrix.hpp"
#include "mll/embed/tables/embedding_table.hpp"

namespace mll {

/// Reads a table: a matrix in a `.npy` file and the names of its rows in a text file, one per line. Vectors
/// of float32 or float16 in C order are mapped and read when they are used, and the file must not change
/// meanwhile; other numbers (`npy_rows`) are converted to float32 in memory.
///
/// @param[in] vectors `[names, dimension]`
/// @param[in] names   UTF-8, one per line and row
///
/// Throws: `parse_error` naming the file, and line or byte, for a missing or malformed file, another number
/// of names than rows, and an empty or repeated name. A row that is not finite is reported when it is used.
/// Complexity: O(names), or linear in the file if it is converted.
[[nodiscard]] inline embedding_table read_embedding_table(const std::filesystem::path& vectors,
                                                          const std::filesystem::path& names,
                                                          const embedding_table_options& options = {}) {
  detail::file_bytes file = detail::map_file(vectors);
  const detail::npy_matrix found = detail::parse_npy_matrix(file);
  const detail::text_file text = detail::text_file::read(names);
  std::vector<std::string> list;
  list.reserve(found.rows);
  // By number: a blank line is the name of a row, and a missing one.
  detail::for_each_numbered_line(text, detail::last_line::may_be_open, [&](const detail::line_parser& line) {
    if (detail::is_blank(line.rest())) line.fail("the name of a row", "a blank line");
    list.emplace_back(line.rest());
  });
  if (list.size() != found.rows) {
    throw parse_error{text.name, list.size(),
                      std::to_string(found.rows) + " names, one per row of " + file.name,
                      std::to_string(list.size())};
  }
  try {
    if (!found.type) return {list, detail::vector_rows{npy_rows{file}.all(), file.name}, options};
    return {list, detail::vector_rows{std::move(file), found.first, found.rows, found.columns, *found.type},
            options};
  } catch (const invalid_argument& thrown) {
    throw parse_error{text.name, 0, "names of rows", thrown.what()};
  }
}

}  // namespace mll
