// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace mll::detail {

/// What a reader passed over.
struct skipped_text {
  std::size_t blank_lines = 0;
  std::size_t blank_words = 0;  ///< words that are empty or invisible
};

}  // namespace mll::detail
