// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Checks of an HTML document for errors that browsers forgive.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mll::test {

/// What is wrong with a document: tags that do not balance, attributes without quotes, repeated ids,
/// references to anything outside, scripts. Empty if nothing is.
inline std::string html_fault(std::string_view text) {
  static const std::set<std::string, std::less<>> empty{"meta", "br", "hr", "img", "link", "input"};
  std::vector<std::string> open;
  std::set<std::string, std::less<>> ids;
  if (!text.starts_with("<!DOCTYPE html>\n")) return "no doctype";
  std::size_t at = text.find('\n');
  while ((at = text.find('<', at)) != std::string_view::npos) {
    const std::size_t end = text.find('>', at);
    const std::string tag{text.substr(at, end == std::string_view::npos ? 40 : end - at + 1)};
    if (end == std::string_view::npos) return "an open tag: " + tag;
    at = end + 1;
    if (tag[1] == '/') {
      const std::string name = tag.substr(2, tag.size() - 3);
      if (open.empty() || open.back() != name)
        return tag + " closes " + (open.empty() ? "nothing" : "<" + open.back() + ">");
      open.pop_back();
      continue;
    }
    std::size_t place = tag.find_first_of(" />", 1);
    const std::string name = tag.substr(1, place - 1);
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") != std::string::npos)
      return "no tag: " + tag;
    if (name == "script" || name == "link" || name == "iframe") return "loads something: " + tag;
    const bool closed = tag[tag.size() - 2] == '/';
    const std::size_t last = tag.size() - (closed ? 2 : 1);
    while (place < last) {
      place = tag.find_first_not_of(' ', place);
      if (place == std::string::npos || place >= last) break;
      const std::size_t quote = tag.find("=\"", place);
      const std::size_t close = quote == std::string::npos ? quote : tag.find('"', quote + 2);
      if (close == std::string::npos) return "an attribute without quotes: " + tag;
      const std::string key = tag.substr(place, quote - place);
      const std::string value = tag.substr(quote + 2, close - quote - 2);
      if (key.starts_with("on")) return "a script: " + tag;
      if (key == "id" && !ids.insert(value).second) return "the id " + value + " twice";
      if ((key == "href" || key == "src") && !value.starts_with("data:image/png;base64,") &&
          !value.starts_with("data:image/jpeg;base64,"))
        return "a reference: " + tag;
      place = close + 1;
    }
    if (!closed && !empty.contains(name)) open.push_back(name);
    if (name == "style") at = text.find("</style>", at);
  }
  if (!open.empty()) return "<" + open.back() + "> stays open";
  for (const std::string_view outside : {"http:", "https:", "url(", "@import", "//"}) {
    const std::size_t found = text.find(outside);
    if (found != std::string_view::npos &&
        text.substr(0, found).rfind("data:image") == std::string_view::npos)
      return "a reference: " + std::string{text.substr(found, 40)};
  }
  return {};
}

}  // namespace mll::test
