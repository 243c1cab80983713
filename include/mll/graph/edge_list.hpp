// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "mll/core/text/text_file.hpp"
#include "mll/graph/detail/edge_list_reader.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"

namespace mll {

/// What a reader passed over: `blank_lines`, and `blank_words`, words without a visible character.
using detail::skipped_text;

/// Format of an edge list and its node table.
struct edge_list_options {
  char delimiter = '\t';                                           ///< between the fields of a line
  char word_delimiter = '|';                                       ///< between the lemmas of a node
  char comment = '#';                                              ///< first character of a line to skip
  std::optional<std::filesystem::path> node_table = std::nullopt;  ///< see `read_edge_list`
  skipped_text* skipped = nullptr;  ///< if not null, receives the numbers of blank lines and words
};

/// Reads a semantic graph from lines `child<delimiter>parent`.
///
/// The optional node table has lines `id<delimiter>lemma|lemma[<delimiter>gloss]`; the gloss is the rest of
/// the line. The lemma of a node without an entry, or without a word in it, is its id. Nodes are numbered in
/// the order of the table, then as the edges first name them; the senses of a word are ranked in that order.
/// A byte order mark, CR, blank lines and comments are skipped, as are words without a visible character, and
/// blanks around fields dropped; there is no quoting. Repeated edges count once.
///
/// @tparam Graph as for `make_semantic_dag`
/// @param[in] edges   path of the edge list
/// @param[in] options format, and path of the node table
///
/// Throws: `parse_error` with file and line for an unreadable file, a missing field, a repeated node in the
/// table, a line that is not UTF-8, a file without nodes, and a cycle (the message lists its nodes; the line
/// is that of the edge that closes it). Complexity: O(V log V + size of the files).
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(const std::filesystem::path& edges,
                                                 const edge_list_options& options = {}) {
  detail::edge_list_reader<Graph> reader{options.delimiter, options.word_delimiter, options.comment};
  if (options.node_table) reader.read_nodes(detail::text_file::read(*options.node_table));
  return reader.read_edges(detail::text_file::read(edges), options.skipped);
}

/// Reads the edges from a stream, which errors call `<edges>`.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(std::istream& edges, const edge_list_options& options = {}) {
  detail::edge_list_reader<Graph> reader{options.delimiter, options.word_delimiter, options.comment};
  if (options.node_table) reader.read_nodes(detail::text_file::read(*options.node_table));
  return reader.read_edges(detail::text_file::read(edges, "<edges>"), options.skipped);
}

/// Reads edges and node table from streams, which errors call `<edges>` and `<nodes>`; `options.node_table`
/// is ignored.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(std::istream& edges, std::istream& nodes,
                                                 const edge_list_options& options = {}) {
  detail::edge_list_reader<Graph> reader{options.delimiter, options.word_delimiter, options.comment};
  reader.read_nodes(detail::text_file::read(nodes, "<nodes>"));
  return reader.read_edges(detail::text_file::read(edges, "<edges>"), options.skipped);
}

}  // namespace mll
