// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/synset.hpp"

namespace mll::detail {

/// The files of a part of speech, and the letters that denote it.
struct wordnet_files {
  char letter;                   ///< in ids and the index
  std::string_view types;        ///< synset types in the data file
  std::string_view type_digits;  ///< the same in sense keys, in the same order
  std::string_view data, index, exceptions;
};

[[nodiscard]] constexpr wordnet_files wordnet_files_of(part_of_speech part) {
  switch (part) {
    case part_of_speech::verb:
      return {'v', "v", "2", "data.verb", "index.verb", "verb.exc"};
    case part_of_speech::adjective:
      return {'a', "as", "35", "data.adj", "index.adj", "adj.exc"};
    case part_of_speech::adverb:
      return {'r', "r", "4", "data.adv", "index.adv", "adv.exc"};
    case part_of_speech::noun:
      break;
  }
  return {'n', "n", "1", "data.noun", "index.noun", "noun.exc"};
}

/// Data and index begin with the licence, which is indented.
MLL_LOCAL [[nodiscard]] bool is_licence_line(std::string_view line) {
  return line.starts_with("  ");
}

/// Parses a synset offset.
MLL_LOCAL [[nodiscard]] std::uint32_t synset_offset(line_parser& line) {
  static constexpr std::string_view expected = "a synset offset of eight digits";
  if (std::min(line.rest().find(' '), line.rest().size()) != 8) {
    line.fail(expected, in_quotes(line.rest().substr(0, line.rest().find(' '))));
  }
  return line.number<std::uint32_t>(expected);
}

/// Removes the syntactic marker of an adjective: `galore(ip)`.
MLL_LOCAL void drop_adjective_marker(std::string& word) {
  for (const std::string_view marker : {"(a)", "(p)", "(ip)"}) {
    if (word.size() > marker.size() && word.ends_with(marker)) word.resize(word.size() - marker.size());
  }
}

/// A word in the form in which words of data, index and counts are compared: folded, with underscores for
/// spaces.
MLL_LOCAL void to_index_form(std::string_view text, std::string& out) {
  if (is_ascii(text)) {
    out = text;
    lower_ascii(out);
  } else {
    out = fold_case(text);
  }
  std::replace(out.begin(), out.end(), ' ', '_');
}

/// The parts of a sense key that identify a sense of a word.
struct word_key {
  std::uint8_t domain;      ///< lexicographer file
  std::uint8_t lexical_id;  ///< among the senses in that file
  std::uint8_t type;        ///< position in `wordnet_files::types`
  friend bool operator==(const word_key&, const word_key&) = default;
};

/// A word of a synset while files are read. Kept apart from the synsets: index and counts visit the words in
/// another order, and a table of slots stays in the cache. A 64-bit hash identifies a word within its synset.
struct word_slot {
  std::uint64_t hash;
  std::uint32_t spelling = 0;  ///< hash of the spelling in the index that it was first found by
  std::uint32_t frequency = 0;
  std::uint16_t rank = 0;    ///< 0 = not seen in the index yet
  std::uint16_t listed = 0;  ///< how often that line of the index lists the synset
  word_key key;

  /// "A" and "a" of a synset share a line of the index, and so a rank.
  void note_listed(std::uint16_t here, std::uint32_t spelled) {
    if (rank == 0) {
      rank = here;
      spelling = spelled;
      listed = 1;
    } else if (spelling == spelled) {
      ++listed;
    } else {  // a spelling that is another line of the index and the same word
      rank = std::min(rank, here);
    }
  }
};

/// A count of a tagged sense.
struct tagged_sense {
  std::string_view word;
  word_key key;
  std::uint32_t count;
};

/// Parses a line `word%type:file:id:head:headid [offset] rank count`; empty for another part of speech. The
/// key, not the rank, identifies the sense: the ranks of some distributions are older than their index.
MLL_LOCAL [[nodiscard]] std::optional<tagged_sense> parse_tagged_sense(line_parser& line,
                                                                       std::string_view type_digits) {
  const std::string_view key = line.field("a sense key");
  const std::size_t percent = key.find_last_of('%');
  if (percent == std::string_view::npos || percent == 0 || percent + 2 >= key.size()) {
    line.fail("a sense key such as dog%1:05:00::", in_quotes(key));
  }
  const std::size_t type = type_digits.find(key[percent + 1]);
  if (type == std::string_view::npos) return std::nullopt;
  line_parser parts{line.file(), line.line_number(), key.substr(percent + 3)};
  const auto domain =
      parts.number<std::uint8_t>("the number of a lexicographer file in a sense key", 10, ':');
  const auto lexical_id = parts.number<std::uint8_t>("a lexical id in a sense key", 10, ':');
  auto count = line.number<std::uint32_t>("the rank of a sense");
  do {
    count = line.number<std::uint32_t>("a count");
  } while (!line.rest().empty());
  return tagged_sense{key.substr(0, percent), {domain, lexical_id, static_cast<std::uint8_t>(type)}, count};
}

/// Throws: `invalid_argument` for a symbol that WordNet does not have.
MLL_LOCAL void require_pointer_symbols(std::span<const std::string> pointers) {
  static constexpr std::array<std::string_view, 26> known{"!",  "@",  "@i", "~", "~i", "#m", "#s", "#p", "%m",
                                                          "%s", "%p", "=",  "+", ";c", "-c", ";r", "-r", ";u",
                                                          "-u", "*",  ">",  "^", "$",  "&",  "<",  "\\"};
  for (const std::string& symbol : pointers) {
    if (std::find(known.begin(), known.end(), symbol) == known.end())
      throw invalid_argument{"pointers", "pointer symbols of WordNet, such as '@'", in_quotes(symbol)};
  }
}

/// Throws: `parse_error` that says how to get a database, if there is no such folder.
MLL_LOCAL void require_wordnet_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  if (std::filesystem::is_directory(folder, problem)) return;
  throw parse_error{folder.string(), 0,
                    "the folder of a WordNet database (install the package wordnet-base, or name the folder "
                    "that holds data.noun)",
                    "no such folder"};
}

/// The gloss at the end of a line of the data file.
MLL_LOCAL [[nodiscard]] std::string_view gloss_of(const line_parser& line) {
  const std::size_t bar = line.rest().find('|');  // verbs have sentence frames before it
  if (bar == std::string_view::npos) line.fail("a gloss after '|'", "the end of the line");
  std::string_view gloss = line.rest().substr(bar + 1);
  const std::size_t begin = gloss.find_first_not_of(' ');
  gloss = begin == std::string_view::npos ? std::string_view{} : gloss.substr(begin);
  return gloss.substr(0, gloss.find_last_not_of(' ') + 1);
}

/// Irregular forms; none if there is no such file.
MLL_LOCAL [[nodiscard]] irregular_forms read_exceptions(const std::filesystem::path& file) {
  irregular_forms forms;
  if (!has_entry(file)) return forms;
  for_each_line(text_file::read(file), last_line::must_end, [&](line_parser line) {
    auto& bases = forms[std::string{line.field("an inflected form")}];
    do {
      bases.emplace_back(line.field("a base form"));
    } while (line.rest().find_first_not_of(' ') != std::string_view::npos);
  });
  return forms;
}

}  // namespace mll::detail
