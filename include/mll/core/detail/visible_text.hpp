// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"

namespace mll::detail {

/// A text for a message: what cannot be seen is spelled out. Tabs and line ends become `\t`, `\n` and `\r`,
/// bytes that are not UTF-8 and other controls `\xHH`, invisible characters `U+HHHH`. Spaces stay.
MLL_DECLARE [[nodiscard]] std::string visible_text(std::string_view text);

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/core/detail/visible_text.ipp"
#endif
