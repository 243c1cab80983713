// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/text/skipped_text.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/graph/detail/dag_parts.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/synset.hpp"

namespace mll::detail {

/// Reads a node table, then an edge list; see `read_edge_list`. A template only so that programs that read
/// none do not compile it.
template <class = void>
class edge_list_reader {
 public:
  edge_list_reader(char delimiter, char word_delimiter, char comment) noexcept
      : delimiter_{delimiter}, word_delimiter_{word_delimiter}, comment_{comment} {}

  void read_nodes(const text_file& file) {
    skipped_.blank_lines += for_each_line(file, last_line::may_be_open, [&](line_parser line) {
      if (is_comment(line.rest())) return;
      const std::string_view id = trimmed(line, "the id of a node");
      if (!ids_.insert(id).second) line.fail("every node once", in_quotes(id) + " again");
      synset node;
      node.id = id;
      std::string_view words = line.rest().substr(0, line.rest().find(delimiter_));
      if (words.size() == line.rest().size()) {
        words = trim(words);
        if (words.empty()) line.fail("the words of a node after its id", "the end of the line");
      } else {
        node.gloss = trim(line.rest().substr(words.size() + 1));
      }
      while (!words.empty()) {
        const std::size_t end = std::min(words.find(word_delimiter_), words.size());
        const std::string_view word = trim(words.substr(0, end));
        if (is_blank(word)) {
          ++skipped_.blank_words;
        } else {
          node.lemmas.push_back({.text = std::string{word}});
        }
        words.remove_prefix(std::min(end + 1, words.size()));
      }
      if (node.lemmas.empty()) node.lemmas.push_back({.text = node.id});
      nodes_.push_back(std::move(node));
    });
  }

  /// @param[out] skipped if not null, receives what was passed over in both files
  [[nodiscard]] dag_parts read_edges(const text_file& file, skipped_text* skipped) {
    dag_parts out;
    skipped_.blank_lines += for_each_line(file, last_line::may_be_open, [&](line_parser line) {
      if (is_comment(line.rest())) return;
      const std::string expected = "child" + printed_delimiter() + "parent";
      const node_id child = node(trimmed(line, expected));
      const node_id parent = node(trimmed(line, expected));
      if (!trim(line.rest()).empty()) line.fail(expected, "a third field " + in_quotes(line.rest()));
      out.edges.emplace_back(child, parent);
      out.lines.push_back(line.line_number());
    });
    if (skipped != nullptr) *skipped = skipped_;
    if (nodes_.empty()) throw parse_error{file.name, 0, "at least one edge", "none"};
    rank_senses(nodes_);
    out.nodes = std::move(nodes_);
    out.file = file.name;
    return out;
  }

 private:
  static std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
  }

  [[nodiscard]] bool is_comment(std::string_view text) const { return trim(text).starts_with(comment_); }

  [[nodiscard]] std::string_view trimmed(line_parser& line, std::string_view expected) const {
    const std::string_view text = trim(line.field(expected, delimiter_));
    if (text.empty()) line.fail(expected, "an empty field");
    return text;
  }

  [[nodiscard]] std::string printed_delimiter() const {
    return delimiter_ == '\t' ? "<tab>" : std::string{delimiter_};
  }

  node_id node(std::string_view id) {
    const auto [number, added] = ids_.insert(id);
    if (added) {
      nodes_.push_back({.id = std::string{id}, .lemmas = {{.text = std::string{id}}}, .gloss = {}});
    }
    return node_id{number};
  }

  char delimiter_;
  char word_delimiter_;
  char comment_;
  string_index ids_;
  std::vector<synset> nodes_;
  skipped_text skipped_;
};

}  // namespace mll::detail

namespace mll::detail {

MLL_DEFINE dag_parts read_edge_list_parts(const std::filesystem::path& edges,
                                          const edge_list_options& options) {
  edge_list_reader<> reader{options.delimiter, options.word_delimiter, options.comment};
  if (options.node_table) reader.read_nodes(text_file::read(*options.node_table));
  return reader.read_edges(text_file::read(edges), options.skipped);
}

MLL_DEFINE dag_parts read_edge_list_parts(std::istream& edges, std::istream* nodes,
                                          const edge_list_options& options) {
  edge_list_reader<> reader{options.delimiter, options.word_delimiter, options.comment};
  if (nodes != nullptr) {
    reader.read_nodes(text_file::read(*nodes, "<nodes>"));
  } else if (options.node_table) {
    reader.read_nodes(text_file::read(*options.node_table));
  }
  return reader.read_edges(text_file::read(edges, "<edges>"), options.skipped);
}

}  // namespace mll::detail
