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

/// How an edge list and its node table are written.
struct edge_list_options {
  char delimiter = '\t';                                           ///< between the fields of a line
  char word_delimiter = '|';                                       ///< between the lemmas of a node
  char comment = '#';                                              ///< first character of a line to skip
  std::optional<std::filesystem::path> node_table = std::nullopt;  ///< see `read_edge_list`
};

/// Reads a semantic graph from lines `child<delimiter>parent`.
///
/// A node table describes nodes in lines `id<delimiter>lemma|lemma[<delimiter>gloss]`; the gloss is the rest
/// of the line. A node that the table does not have gets its id as its lemma; a node of the table without
/// edges is a node of its own. Nodes are numbered as they come: those of the table first, then by their first
/// edge. The senses of a word are ranked in that order. Blank lines and comments are skipped, blanks around
/// fields dropped; there is no quoting. An edge that comes twice counts once.
///
/// @tparam Graph as of `make_semantic_dag`
/// @param[in] edges   path of the edge list
/// @param[in] options format, and path of the node table
///
/// Throws: `parse_error` with file and line for a file that cannot be read, a line without its fields, a node
/// that the table has twice, a line that is not UTF-8, a file without any node, and for a cycle: the message
/// names its nodes, the line is that of the edge that closes it. Complexity: linear in the size of the files.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(const std::filesystem::path& edges,
                                                 const edge_list_options& options = {}) {
  detail::edge_list_reader<Graph> reader{options.delimiter, options.word_delimiter, options.comment};
  if (options.node_table) reader.read_nodes(detail::text_file::read(*options.node_table));
  return reader.read_edges(detail::text_file::read(edges));
}

/// The same from a stream; errors call it `<edges>`.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(std::istream& edges, const edge_list_options& options = {}) {
  detail::edge_list_reader<Graph> reader{options.delimiter, options.word_delimiter, options.comment};
  if (options.node_table) reader.read_nodes(detail::text_file::read(*options.node_table));
  return reader.read_edges(detail::text_file::read(edges, "<edges>"));
}

/// The same from two streams; errors call them `<edges>` and `<nodes>`. `options.node_table` is not read.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(std::istream& edges, std::istream& nodes,
                                                 const edge_list_options& options = {}) {
  detail::edge_list_reader<Graph> reader{options.delimiter, options.word_delimiter, options.comment};
  reader.read_nodes(detail::text_file::read(nodes, "<nodes>"));
  return reader.read_edges(detail::text_file::read(edges, "<edges>"));
}

}  // namespace mll
