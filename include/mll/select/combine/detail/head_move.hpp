// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace mll::detail {

/// A step of a search: candidate `candidate` of class `y` replaces the head in slot `slot`, or is added if
/// `slot` is the number of heads chosen so far.
struct head_move {
  std::size_t y = 0;
  std::size_t slot = 0;
  std::size_t candidate = 0;
};

}  // namespace mll::detail
