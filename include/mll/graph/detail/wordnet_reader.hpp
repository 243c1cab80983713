// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/random.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/graph/detail/cycle.hpp"
#include "mll/graph/detail/dag_parts.hpp"
#include "mll/graph/detail/offset_index.hpp"
#include "mll/graph/detail/wordnet_format.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/synset.hpp"

namespace mll::detail {

/// Reads one part of speech of a WordNet database; see `read_wordnet`. A template only so that programs that
/// read none do not compile it.
template <class = void>
class wordnet_reader {
 public:
  /// @param[out] dropped if not null, pointers that close a cycle are dropped and listed here
  wordnet_reader(const std::filesystem::path& folder, part_of_speech part,
                 std::span<const std::string> pointers, std::vector<std::string>* dropped)
      : folder_{folder},
        names_{wordnet_files_of(part)},
        pointers_(pointers.begin(), pointers.end()),
        dropped_{dropped} {
    require_pointer_symbols(pointers_);
  }

  [[nodiscard]] dag_parts read() {
    require_wordnet_folder(folder_);
    read_data();
    const text_file index = text_file::read(folder_ / names_.index);
    read_index(index);
    read_counts();
    fill_in_senses();
    dag_parts out;
    out.edges = resolve_pointers();
    if (dropped_ != nullptr) {
      dropped_->clear();
      for (const auto& [child, parent] : remove_cycles(synsets_.size(), out.edges))
        dropped_->push_back(synsets_[child.index()].id + " -> " + synsets_[parent.index()].id);
    }
    out.lines.reserve(out.edges.size());
    for (const auto& edge : out.edges) out.lines.push_back(lines_[edge.first.index()]);
    out.nodes = std::move(synsets_);
    out.irregular = read_exceptions(folder_ / names_.exceptions);
    out.file = data_name_;
    out.no_cycle = "no cycle (to drop the pointer that closes it: wordnet_options::dropped)";
    return out;
  }

 private:
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
    first_slot_.reserve(lines);
    data_name_ = file.name;
    for_each_line(file, last_line::must_end, [&](line_parser line) {
      if (!is_licence_line(line.rest())) read_synset(line);
    });
    if (synsets_.empty()) throw parse_error{file.name, 0, "at least one synset", "none"};
    by_offset_ = offset_index<>{offsets_};
    if (const auto twice = by_offset_.repeated()) {
      throw parse_error{file.name, lines_[*twice], "every offset once",
                        in_quotes(synsets_[*twice].id) + " again"};
    }
  }

  void read_synset(line_parser& line) {
    const std::string_view digits = line.rest().substr(0, 8);
    const std::uint32_t at = synset_offset(line);
    synset entry;
    entry.id.push_back(names_.letter);
    entry.id.append(digits);
    entry.domain = line.number<std::uint8_t>("the number of a lexicographer file");
    const std::uint8_t type = synset_type(line);

    const auto words = line.number<std::uint16_t>("a hexadecimal count of words", 16);
    if (words == 0) line.fail("at least one word", "none");
    first_slot_.push_back(static_cast<std::uint32_t>(slots_.size()));
    entry.lemmas.reserve(words);
    for (std::uint16_t i = 0; i < words; ++i) {
      lemma& word = entry.lemmas.emplace_back();
      word.text = line.field("a word");
      std::replace(word.text.begin(), word.text.end(), '_', ' ');
      if (names_.letter == 'a' && word.text.ends_with(')')) drop_adjective_marker(word.text);
      slots_.push_back(
          {.hash = hash_of_word(word.text),
           .key = {entry.domain, line.number<std::uint8_t>("a hexadecimal lexical id", 16), type}});
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
      const std::uint32_t target = synset_offset(line);
      const std::string_view part = line.field("the part of speech of a pointer");
      if (part.size() != 1 || names_.types.find(part) == std::string_view::npos) {
        line.fail("a pointer " + in_quotes(symbol) + " to the same part of speech", in_quotes(part));
      }
      static_cast<void>(line.field("source and target of a pointer"));
      pointer_list_.push_back({child, target});
    }

    entry.gloss = gloss_of(line);
    offsets_.push_back(at);
    lines_.push_back(line.line_number());
    synsets_.push_back(std::move(entry));
  }

  void read_index(const text_file& file) {
    words_.reserve(static_cast<std::size_t>(std::count(file.content.begin(), file.content.end(), '\n')));
    for_each_line(file, last_line::must_end, [&](line_parser line) {
      if (!is_licence_line(line.rest())) read_word(line);
    });
    for (std::size_t i = 0; i < synsets_.size(); ++i) {
      for (std::size_t k = 0; k < synsets_[i].lemmas.size(); ++k) {
        if (slots_[first_slot_[i] + k].rank == 0) {
          throw parse_error{data_name_, lines_[i], "only words that are in " + file.name,
                            in_quotes(synsets_[i].lemmas[k].text)};
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
    const std::string_view form = index_form(word);
    words_.push_back({form, static_cast<std::uint32_t>(senses_.size()), senses});
    const std::uint64_t hash = stable_hash(form);
    const auto spelling = static_cast<std::uint32_t>(stable_hash(word));
    std::uint16_t rank = 1;
    for (std::uint16_t i = 0; i < senses; ++i) {
      const std::uint32_t at = synset_offset(line);
      const auto found = by_offset_.find(at);
      if (!found) line.fail("the offset of a synset in " + data_name_, std::to_string(at));
      std::uint16_t spellings = 0;
      std::uint16_t listed = 0;
      for (word_slot& candidate : slots_of(*found)) {
        if (candidate.hash != hash) continue;
        ++spellings;
        candidate.note_listed(rank, spelling);
        listed = std::max(listed, candidate.listed);
      }
      if (spellings == 0)
        line.fail("a synset with the word " + in_quotes(word), in_quotes(synsets_[*found].id));
      // Open English WordNet lists the synset for each of them, Princeton's once.
      if (listed > spellings) line.fail("every sense of a word once", in_quotes(word) + " again");
      if (listed <= 1) ++rank;
      senses_.push_back(*found);
    }
    if (line.rest().find_first_not_of(' ') != std::string_view::npos) {
      line.fail(std::to_string(senses) + " offsets", "more: " + in_quotes(line.rest()));
    }
  }

  void read_counts() {
    for (const auto* name : {"cntlist.rev", "index.sense"}) {
      if (!has_entry(folder_ / name)) continue;
      const text_file file = text_file::read(folder_ / name);
      for_each_line(file, last_line::must_end, [&](line_parser line) { read_count(line); });
      return;
    }
  }

  void read_count(line_parser& line) {
    const auto tagged = parse_tagged_sense(line, names_.type_digits);
    if (!tagged) return;
    to_index_form(tagged->word, folded_);
    const std::string_view word = folded_;
    const std::uint64_t hash = stable_hash(word);
    auto entry = std::lower_bound(words_.begin(), words_.end(), indexed_word{word, 0, 0});
    for (; entry != words_.end() && entry->text == word; ++entry) {
      for (std::size_t i = entry->first_sense; i < entry->first_sense + entry->senses; ++i) {
        for (word_slot& candidate : slots_of(senses_[i])) {
          if (candidate.hash == hash && candidate.key == tagged->key) {
            candidate.frequency = std::max(candidate.frequency, tagged->count);
            return;
          }
        }
      }
    }
  }

  /// The form of a word of the index file, which is kept in memory.
  [[nodiscard]] std::string_view index_form(std::string_view word) {
    to_index_form(word, folded_);
    return word == folded_ ? word : std::string_view{forms_.emplace_back(folded_)};
  }

  [[nodiscard]] std::span<word_slot> slots_of(std::size_t node) {
    const std::size_t end = node + 1 < first_slot_.size() ? first_slot_[node + 1] : slots_.size();
    return std::span{slots_}.subspan(first_slot_[node], end - first_slot_[node]);
  }

  std::uint64_t hash_of_word(std::string_view text) {
    to_index_form(text, folded_);
    return stable_hash(folded_);
  }

  void fill_in_senses() {
    auto slot = slots_.begin();
    for (synset& node : synsets_) {
      for (lemma& word : node.lemmas) {
        word.sense = slot->rank;
        word.frequency = slot->frequency;
        ++slot;
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

  struct indexed_word {
    std::string_view text;  // in the text of the index file, or in `forms_`
    std::uint32_t first_sense;
    std::uint32_t senses;
    friend bool operator<(const indexed_word& a, const indexed_word& b) { return a.text < b.text; }
  };
  struct pointer {
    std::uint32_t child;
    std::uint32_t target;  // offset
  };

  std::filesystem::path folder_;
  wordnet_files names_;
  std::vector<std::string> pointers_;
  std::vector<std::string>* dropped_;

  std::string data_name_;
  std::vector<synset> synsets_;
  std::vector<std::uint32_t> offsets_;     // per synset
  std::vector<std::size_t> lines_;         // in the data file, per synset
  std::vector<std::uint32_t> first_slot_;  // per synset
  std::vector<word_slot> slots_;
  std::string folded_;
  std::vector<pointer> pointer_list_;
  offset_index<> by_offset_;
  std::deque<std::string> forms_;  // of words that the index spells otherwise
  std::vector<indexed_word> words_;
  std::vector<std::uint32_t> senses_;  // synsets of each word, by rank
};

}  // namespace mll::detail
