// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/sentences/wordpiece_tokenizer.hpp"

namespace mll {

/// Reads the vocabulary of a tokenizer from the `vocab.txt` of a model: one token per line, without trailing
/// white space. Component `mll::icu`.
///
/// Throws: `parse_error` naming file and line for a missing file and text that is not UTF-8;
/// `invalid_argument` naming a special token that is missing. Complexity: linear in the file.
[[nodiscard]] inline wordpiece_tokenizer read_wordpiece_tokenizer(const std::filesystem::path& vocabulary,
                                                                  wordpiece_options options = {}) {
  const detail::text_file file = detail::text_file::read(vocabulary);
  std::vector<std::string> tokens;
  // By number: the number of a token is that of its line.
  detail::for_each_numbered_line(file, detail::last_line::may_be_open, [&](const detail::line_parser& line) {
    std::string_view token = line.rest();
    token = token.substr(0, token.find_last_not_of(" \t\n\v\f\r") + 1);
    tokens.emplace_back(token);
  });
  if (tokens.empty()) throw parse_error{file.name, 0, "tokens, one per line", "an empty file"};
  return wordpiece_tokenizer{tokens, std::move(options)};
}

}  // namespace mll
