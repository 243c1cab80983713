// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

/// Reads the bytes of a selection file. Throws: as `read_selection`.
MLL_DECLARE [[nodiscard]] selection decode_selection(const file_bytes& file);

}  // namespace detail

/// Reads a selection that `write_selection` wrote, of this version of the format or of an earlier one.
///
/// @code
/// const mll::zero_shot_classifier<std::string> classifier{hub, mll::read_selection("pets.mllsel")};
/// @endcode
///
/// Throws: `parse_error` naming file, section and byte if the file cannot be read, is of another kind or of a
/// later version, is damaged, or its parts do not fit together. A selection that is returned can be reused.
/// Complexity: linear; memory is allocated only for what the file holds.
[[nodiscard]] inline selection read_selection(const std::filesystem::path& file) {
  return detail::decode_selection(detail::map_file(file));
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/io/detail/read_selection.ipp"
#endif
