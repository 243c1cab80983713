// Looking for sentences in what a conformance suite has found.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace mll::test {

/// Whether one of the sentences contains a text.
inline bool mentions(const std::vector<std::string>& found, std::string_view text) {
  return std::any_of(found.begin(), found.end(),
                     [&](const std::string& each) { return each.find(text) != std::string::npos; });
}

}  // namespace mll::test
