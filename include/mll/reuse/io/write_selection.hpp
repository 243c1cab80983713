// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <ostream>
#include <string>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/io/replace_file.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

/// The bytes of a selection file. Throws: as `write_selection`.
MLL_DECLARE [[nodiscard]] std::string encode_selection(const selection& chosen);

}  // namespace detail

/// Writes a selection to a file: the task with its senses, the ensemble, its models by name, reasons and
/// estimate. `read_selection` returns the same bits. The format is described in docs/format.md; files of this
/// version stay readable.
///
/// @code
/// mll::write_selection("pets.mllsel", mll::select(backend, labels, match));
/// // in another program
/// const mll::zero_shot_classifier<std::string> classifier{hub, mll::read_selection("pets.mllsel")};
/// @endcode
///
/// Throws: `invalid_argument` if parts of the selection do not fit together; `error` if the file cannot be
/// written. An earlier file of this name is replaced as a whole or not at all.
/// Complexity: linear.
inline void write_selection(const std::filesystem::path& file, const selection& chosen) {
  const std::string bytes = detail::encode_selection(chosen);
  detail::replace_file(
      file, [&](std::ostream& out) { out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); });
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/io/detail/write_selection.ipp"
#endif
