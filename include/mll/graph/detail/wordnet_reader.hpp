// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/detail/text_file.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/part_of_speech.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/synset.hpp"

namespace mll::detail {

/// Finds synsets by their offset. Offsets are spread evenly over the file, so that a table of blocks leads to
/// one or two candidates.
class offset_index {
 public:
  offset_index() = default;
  /// @param[in] offsets one a synset, in the order of the file
  explicit offset_index(std::span<const std::uint32_t> offsets) {
    sorted_.reserve(offsets.size());
    for (std::size_t i = 0; i < offsets.size(); ++i)
      sorted_.emplace_back(offsets[i], static_cast<std::uint32_t>(i));
    if (!std::is_sorted(sorted_.begin(), sorted_.end())) std::sort(sorted_.begin(), sorted_.end());
    first_.assign(sorted_.empty() ? 1 : (sorted_.back().first >> block_bits) + 2, 0);
    for (const auto& entry : sorted_) ++first_[(entry.first >> block_bits) + 1];
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }

  /// The synset at an offset, if there is one.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t offset) const {
    const std::size_t block = offset >> block_bits;
    if (block + 1 >= first_.size()) return std::nullopt;
    const auto begin = sorted_.begin() + first_[block];
    const auto end = sorted_.begin() + first_[block + 1];
    const auto found = std::lower_bound(begin, end, std::pair{offset, std::uint32_t{0}});
    return found == end || found->first != offset ? std::nullopt : std::optional{found->second};
  }

  /// The second of two synsets with one offset, if there are such.
  [[nodiscard]] std::optional<std::uint32_t> repeated() const {
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    const auto found = std::adjacent_find(sorted_.begin(), sorted_.end(), same);
    return found == sorted_.end() ? std::nullopt : std::optional{std::next(found)->second};
  }

 private:
  static constexpr unsigned block_bits = 7;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sorted_;  // (offset, synset)
  std::vector<std::uint32_t> first_;                             // first entry of each block
};

/// Reads one part of speech of a WordNet database; see `read_wordnet`.
class wordnet_reader {
 public:
  wordnet_reader(const std::filesystem::path& folder, part_of_speech part,
                 std::span<const std::string> pointers)
      : folder_{folder}, names_{names_of(part)}, pointers_(pointers.begin(), pointers.end()) {
    static constexpr std::array<std::string_view, 26> known{
        "!",  "@",  "@i", "~",  "~i", "#m", "#s", "#p", "%m", "%s", "%p", "=", "+",
        ";c", "-c", ";r", "-r", ";u", "-u", "*",  ">",  "^",  "$",  "&",  "<", "\\"};
    for (const auto& symbol : pointers) {
      if (std::find(known.begin(), known.end(), symbol) == known.end()) {
        throw invalid_argument{"pointers", "pointer symbols of WordNet, such as '@'", in_quotes(symbol)};
      }
    }
  }

  [[nodiscard]] semantic_dag<> read() {
    if (!std::filesystem::is_directory(folder_)) {
      throw parse_error{
          folder_.string(), 0,
          "the folder of a WordNet database (install the package wordnet-base, or name the folder "
          "that holds data.noun)",
          "no such folder"};
    }
    read_data();
    const text_file index = text_file::read(folder_ / names_.index);
    read_index(index);
    read_counts();
    return make_semantic_dag(std::move(synsets_), resolve_pointers(), read_exceptions());
  }

 private:
  struct file_names {
    char letter;             // in ids and in the index
    std::string_view types;  // synset types in the data file: letters, and digits of the sense keys
    std::string_view type_digits;
    std::string_view data, index, exceptions;
  };

  static constexpr file_names names_of(part_of_speech part) {
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

  static bool is_licence(std::string_view line) { return line.starts_with("  "); }

  static std::uint32_t offset(line_parser& line) {
    static constexpr std::string_view expected = "a synset offset of eight digits";
    if (line.rest().size() < 8 || (line.rest().size() > 8 && line.rest()[8] != ' ')) {
      line.fail(expected, in_quotes(line.rest().substr(0, line.rest().find(' '))));
    }
    return line.number<std::uint32_t>(expected);
  }

  std::uint8_t synset_type(line_parser& line) const {
    const std::string_view type = line.field("a synset type");
    if (type.size() != 1 || names_.types.find(type) == std::string_view::npos) {
      line.fail("the synset type '" + std::string{names_.types.substr(0, 1)} + "'", in_quotes(type));
    }
    return static_cast<std::uint8_t>(names_.types.find(type));
  }

  void read_data() {
    const text_file file = text_file::read(folder_ / names_.data);
    const auto lines = static_cast<std::size_t>(std::count(file.content.begin(), file.content.end(), '\n'));
    synsets_.reserve(lines);
    offsets_.reserve(lines);
    lines_.reserve(lines);
    first_word_.reserve(lines);
    data_name_ = file.name;
    for_each_line(file, last_line::must_end, [&](line_parser line) {
      if (!is_licence(line.rest())) read_synset(line);
    });
    if (synsets_.empty()) throw parse_error{file.name, 0, "at least one synset", "none"};
    by_offset_ = offset_index{offsets_};
    if (const auto twice = by_offset_.repeated()) {
      throw parse_error{file.name, lines_[*twice], "every offset once",
                        in_quotes(synsets_[*twice].id) + " again"};
    }
  }

  void read_synset(line_parser& line) {
    const std::string_view digits = line.rest().substr(0, 8);
    const std::uint32_t at = offset(line);
    synset entry;
    entry.id.reserve(9);
    entry.id.push_back(names_.letter);
    entry.id.append(digits);
    entry.domain = line.number<std::uint8_t>("the number of a lexicographer file");
    const std::uint8_t type = synset_type(line);

    const auto words = line.number<std::uint16_t>("a hexadecimal count of words", 16);
    if (words == 0) line.fail("at least one word", "none");
    first_word_.push_back(static_cast<std::uint32_t>(word_keys_.size()));
    entry.lemmas.reserve(words);
    for (std::uint16_t i = 0; i < words; ++i) {
      lemma& word = entry.lemmas.emplace_back();
      word.sense = 0;  // not seen in the index yet
      word.text = line.field("a word");
      std::replace(word.text.begin(), word.text.end(), '_', ' ');
      if (names_.letter == 'a' && word.text.ends_with(')')) drop_marker(word.text);
      word_keys_.push_back({entry.domain, line.number<std::uint8_t>("a hexadecimal lexical id", 16), type});
    }

    const auto pointers = line.number<std::uint16_t>("a count of pointers");
    const auto child = static_cast<std::uint32_t>(synsets_.size());
    for (std::uint16_t i = 0; i < pointers; ++i) {
      const std::string_view symbol = line.field("a pointer symbol");
      if (std::find(pointers_.begin(), pointers_.end(), symbol) == pointers_.end()) {
        for (const auto* what : {"the offset of a pointer", "the part of speech of a pointer",
                                 "source and target of a pointer"}) {
          static_cast<void>(line.field(what));
        }
        continue;
      }
      const std::uint32_t target = offset(line);
      const std::string_view part = line.field("the part of speech of a pointer");
      if (part.size() != 1 || names_.types.find(part) == std::string_view::npos) {
        line.fail("a pointer " + in_quotes(symbol) + " to the same part of speech", in_quotes(part));
      }
      static_cast<void>(line.field("source and target of a pointer"));
      pointer_list_.push_back({child, target});
    }

    const std::size_t bar = line.rest().find('|');  // verbs have sentence frames before it
    if (bar == std::string_view::npos) line.fail("a gloss after '|'", "the end of the line");
    std::string_view gloss = line.rest().substr(bar + 1);
    const std::size_t begin = gloss.find_first_not_of(' ');
    gloss = begin == std::string_view::npos ? std::string_view{} : gloss.substr(begin);
    gloss = gloss.substr(0, gloss.find_last_not_of(' ') + 1);
    entry.gloss = gloss;

    offsets_.push_back(at);
    lines_.push_back(line.line_number());
    synsets_.push_back(std::move(entry));
  }

  static void drop_marker(std::string& word) {
    for (const std::string_view marker : {"(a)", "(p)", "(ip)"}) {
      if (word.size() > marker.size() && word.ends_with(marker)) word.resize(word.size() - marker.size());
    }
  }

  // Whether a word of a synset is the given word of the index: that one is in lower case, with underscores.
  static bool is_word(std::string_view text, std::string_view indexed) {
    if (text.size() != indexed.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const char folded = c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      if (folded != indexed[i]) return false;
    }
    return true;
  }

  void read_index(const text_file& file) {
    words_.reserve(static_cast<std::size_t>(std::count(file.content.begin(), file.content.end(), '\n')));
    for_each_line(file, last_line::must_end, [&](line_parser line) {
      if (!is_licence(line.rest())) read_word(line);
    });
    for (std::size_t i = 0; i < synsets_.size(); ++i) {
      for (const lemma& word : synsets_[i].lemmas) {
        if (word.sense == 0) {
          throw parse_error{data_name_, lines_[i], "only words that are in " + file.name,
                            in_quotes(word.text)};
        }
      }
    }
    if (!std::is_sorted(words_.begin(), words_.end())) std::sort(words_.begin(), words_.end());
  }

  void read_word(line_parser& line) {
    const std::string_view word = line.field("a word");
    if (line.field("a part of speech") != std::string_view{&names_.letter, 1}) {
      line.fail("the part of speech '" + std::string{names_.letter} + "'", "another one");
    }
    const auto senses = line.number<std::uint16_t>("a count of synsets");
    const auto symbols = line.number<std::uint16_t>("a count of pointer symbols");
    for (std::uint16_t i = 0; i < symbols; ++i) static_cast<void>(line.field("a pointer symbol"));
    static_cast<void>(line.number<std::uint16_t>("a count of senses"));
    static_cast<void>(line.number<std::uint16_t>("a count of tagged senses"));
    words_.push_back({word, static_cast<std::uint32_t>(senses_.size()), senses});
    for (std::uint16_t rank = 1; rank <= senses; ++rank) {
      const std::uint32_t at = offset(line);
      const auto found = by_offset_.find(at);
      if (!found) line.fail("the offset of a synset in " + data_name_, std::to_string(at));
      bool here = false;
      for (lemma& candidate : synsets_[*found].lemmas) {
        if (!is_word(candidate.text, word)) continue;
        // "A" and "a" of one synset share a line of the index, hence a rank.
        if (candidate.sense != 0) line.fail("every sense of a word once", in_quotes(word) + " again");
        candidate.sense = rank;
        here = true;
      }
      if (!here) line.fail("a synset with the word " + in_quotes(word), in_quotes(synsets_[*found].id));
      senses_.push_back(*found);
    }
    if (line.rest().find_first_not_of(' ') != std::string_view::npos) {
      line.fail(std::to_string(senses) + " offsets", "more: " + in_quotes(line.rest()));
    }
  }

  void read_counts() {
    for (const auto* name : {"cntlist.rev", "index.sense"}) {
      if (!std::filesystem::exists(folder_ / name)) continue;
      const text_file file = text_file::read(folder_ / name);
      for_each_line(file, last_line::must_end, [&](line_parser line) { read_count(line); });
      return;
    }
  }

  // A line `word%type:file:id:head:headid [offset] rank count`. The key, not the rank, says which sense is
  // meant: ranks of some distributions are older than their index.
  void read_count(line_parser& line) {
    const std::string_view key = line.field("a sense key");
    const std::size_t percent = key.find_last_of('%');
    if (percent == std::string_view::npos || percent == 0 || percent + 2 >= key.size()) {
      line.fail("a sense key such as dog%1:05:00::", in_quotes(key));
    }
    const std::size_t type = names_.type_digits.find(key[percent + 1]);
    if (type == std::string_view::npos) return;  // another part of speech
    line_parser parts{line.file(), line.line_number(), key.substr(percent + 3)};
    const auto domain =
        parts.number<std::uint8_t>("the number of a lexicographer file in a sense key", 10, ':');
    const auto lexical_id = parts.number<std::uint8_t>("a lexical id in a sense key", 10, ':');
    std::uint32_t count = line.number<std::uint32_t>("the rank of a sense");
    do {
      count = line.number<std::uint32_t>("a count");
    } while (!line.rest().empty());
    set_frequency(key.substr(0, percent), {domain, lexical_id, static_cast<std::uint8_t>(type)}, count);
  }

  struct word_key {
    std::uint8_t domain;
    std::uint8_t lexical_id;
    std::uint8_t type;
    friend bool operator==(const word_key&, const word_key&) = default;
  };

  void set_frequency(std::string_view word, word_key key, std::uint32_t count) {
    const auto entry = std::lower_bound(words_.begin(), words_.end(), indexed_word{word, 0, 0});
    if (entry == words_.end() || entry->text != word) return;
    for (std::size_t i = entry->first_sense; i < entry->first_sense + entry->senses; ++i) {
      auto& lemmas = synsets_[senses_[i]].lemmas;
      for (std::size_t k = 0; k < lemmas.size(); ++k) {
        if (word_keys_[first_word_[senses_[i]] + k] == key && is_word(lemmas[k].text, word)) {
          lemmas[k].frequency = count;
          return;
        }
      }
    }
  }

  [[nodiscard]] std::vector<std::pair<node_id, node_id>> resolve_pointers() const {
    std::vector<std::pair<node_id, node_id>> edges;
    edges.reserve(pointer_list_.size());
    for (const auto& [child, target] : pointer_list_) {
      const auto parent = by_offset_.find(target);
      if (!parent) {
        throw parse_error{data_name_, lines_[child], "pointers to synsets of the file",
                          "one to the unknown offset " + std::to_string(target)};
      }
      edges.emplace_back(node_id{child}, node_id{*parent});
    }
    return edges;
  }

  [[nodiscard]] irregular_forms read_exceptions() const {
    irregular_forms forms;
    for_each_line(text_file::read(folder_ / names_.exceptions), last_line::must_end, [&](line_parser line) {
      auto& bases = forms[std::string{line.field("an inflected form")}];
      do {
        bases.emplace_back(line.field("a base form"));
      } while (line.rest().find_first_not_of(' ') != std::string_view::npos);
    });
    return forms;
  }

  struct indexed_word {
    std::string_view text;  // in the text of the index file
    std::uint32_t first_sense;
    std::uint32_t senses;
    friend bool operator<(const indexed_word& a, const indexed_word& b) { return a.text < b.text; }
  };
  struct pointer {
    std::uint32_t child;
    std::uint32_t target;  // offset
  };

  std::filesystem::path folder_;
  file_names names_;
  std::vector<std::string> pointers_;

  std::string data_name_;
  std::vector<synset> synsets_;
  std::vector<std::uint32_t> offsets_;     // of each synset
  std::vector<std::size_t> lines_;         // of each synset in the data file
  std::vector<std::uint32_t> first_word_;  // of each synset in word_keys_
  std::vector<word_key> word_keys_;
  std::vector<pointer> pointer_list_;
  offset_index by_offset_;
  std::vector<indexed_word> words_;
  std::vector<std::uint32_t> senses_;  // synsets of the words, by rank
};

}  // namespace mll::detail
