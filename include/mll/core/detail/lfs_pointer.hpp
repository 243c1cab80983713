// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#include "mll/core/error.hpp"

namespace mll::detail {

/// Throws: `parse_error` naming the file if it is a git-lfs pointer, the placeholder of a file that was not
/// downloaded.
inline void refuse_lfs_pointer(std::string_view name, std::string_view content) {
  if (content.starts_with("version https://git-lfs.github.com/spec/"))
    throw parse_error{name, 0, "the content of the file (git lfs pull)", "a pointer of git-lfs"};
}

}  // namespace mll::detail
