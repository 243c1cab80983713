// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/compiled.hpp"

namespace mll {

/// Splits a list of class names as people type it: `cat, dog, "big, old house"`. Names are separated by
/// commas; blanks around a name are dropped; within double quotes a comma is part of the name, and two quotes
/// are one.
///
/// Throws: `invalid_argument` for an empty or invisible name, an open quote, and text behind a quoted name.
/// Complexity: linear.
MLL_DECLARE [[nodiscard]] std::vector<std::string> split_class_names(std::string_view list);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/match/task/detail/split_class_names.ipp"
#endif
