// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/match/task/read_captions.hpp"
#include "mll/match/task/task.hpp"

namespace mll {

MLL_DEFINE std::vector<task_class> read_captions(const std::filesystem::path& file,
                                                 std::span<const std::string> classes) {
  std::vector<task_class> out;
  std::unordered_map<std::string, std::size_t> place;
  for (const std::string& name : classes) {
    place.emplace(lexicon::normalize(name), out.size());
    out.push_back({.name = name});
  }
  const detail::text_file text = detail::text_file::read(file);
  std::vector<bool> seen(out.size(), false);
  detail::for_each_line(text, detail::last_line::may_be_open, [&](const detail::line_parser& line) {
    const std::size_t tab = line.rest().find('\t');
    if (tab == std::string_view::npos) line.fail("CLASS<tab>SENTENCE", detail::in_quotes(line.rest()));
    const std::string_view name = line.rest().substr(0, tab);
    const auto found = place.find(lexicon::normalize(name));
    if (found == place.end()) line.fail("one of the classes", detail::in_quotes(name));
    if (seen[found->second]) line.fail("one caption per class", "another of " + detail::in_quotes(name));
    seen[found->second] = true;
    out[found->second].caption = line.rest().substr(tab + 1);
    if (detail::is_blank(out[found->second].caption))
      line.fail("a sentence behind the tab", detail::in_quotes(out[found->second].caption));
  });
  if (std::find(seen.begin(), seen.end(), true) == seen.end())
    throw parse_error{text.name, 0, "at least one caption", "none"};
  return out;
}

}  // namespace mll
