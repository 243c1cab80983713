// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/match/task/split_class_names.hpp"

namespace mll {

MLL_DEFINE std::vector<std::string> split_class_names(std::string_view list) {
  std::vector<std::string> out;
  const auto trim = [](std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return std::string_view{};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
  };
  const auto where = [&] { return " at position " + std::to_string(out.size()); };
  for (bool more = true; more;) {
    const std::size_t begin = list.find_first_not_of(" \t\r\n");
    std::string name;
    std::size_t end = 0;
    if (begin != std::string_view::npos && list[begin] == '"') {
      std::size_t at = begin + 1;
      for (;; ++at) {
        if (at >= list.size())
          throw invalid_argument{"classes", "a quote at the end of the name" + where(), "none"};
        if (list[at] != '"') {
          name += list[at];
        } else if (at + 1 < list.size() && list[at + 1] == '"') {
          name += list[at++];
        } else {
          break;
        }
      }
      end = std::min(list.find(',', at + 1), list.size());
      const std::string_view behind = trim(list.substr(at + 1, end - at - 1));
      if (!behind.empty())
        throw invalid_argument{"classes", "a comma behind the quoted name" + where(),
                               "'" + std::string{behind} + "'"};
    } else {
      end = std::min(list.find(','), list.size());
      name = trim(list.substr(0, end));
    }
    if (detail::is_blank(name)) {
      throw invalid_argument{"classes", "a name between commas",
                             (name.empty() ? "an empty one" : "'" + name + "'") + where()};
    }
    out.push_back(std::move(name));
    more = end < list.size();
    list.remove_prefix(more ? end + 1 : end);
  }
  return out;
}

}  // namespace mll
