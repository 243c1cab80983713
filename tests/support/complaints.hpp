// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Looking for texts in what a function returned.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mll::test {

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether one of the sentences contains a text.
inline bool mentions(const std::vector<std::string>& found, std::string_view text) {
  return std::any_of(found.begin(), found.end(),
                     [&](const std::string& each) { return contains(each, text); });
}

}  // namespace mll::test
