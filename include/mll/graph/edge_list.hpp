// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/text/skipped_text.hpp"
#include "mll/graph/detail/dag_parts.hpp"
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

namespace detail {

/// `read_edge_list`, before it is a graph of some type.
/// @param[in] nodes null: `options.node_table`, if there is one
MLL_DECLARE [[nodiscard]] dag_parts read_edge_list_parts(const std::filesystem::path& edges,
                                                         const edge_list_options& options);
MLL_DECLARE [[nodiscard]] dag_parts read_edge_list_parts(std::istream& edges, std::istream* nodes,
                                                         const edge_list_options& options);

}  // namespace detail

/// Reads a semantic graph from lines `child<delimiter>parent`.
///
/// The optional node table has lines `id<delimiter>lemma|lemma[<delimiter>gloss]`; the gloss is the rest of
/// the line. The lemma of a node without an entry, or without a word in it, is its id. Nodes are numbered in
/// the order of the table, then as the edges first name them; the senses of a word are ranked in that order.
/// A byte order mark, CR, blank lines and comments are skipped, as are words without a visible character, and
/// blanks around fields dropped; there is no quoting. Repeated edges count once.
///
/// @code
/// // edges.tsv: "dog<tab>animal"; nodes.tsv: "dog<tab>dog|domestic dog<tab>a member of the genus Canis"
/// const auto graph = mll::read_edge_list("edges.tsv", {.node_table = "nodes.tsv"});
/// @endcode
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
  return detail::assemble<Graph>(detail::read_edge_list_parts(edges, options));
}

/// Reads the edges from a stream, which errors call `<edges>`.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(std::istream& edges, const edge_list_options& options = {}) {
  return detail::assemble<Graph>(detail::read_edge_list_parts(edges, nullptr, options));
}

/// Reads edges and node table from streams, which errors call `<edges>` and `<nodes>`; `options.node_table`
/// is ignored.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_edge_list(std::istream& edges, std::istream& nodes,
                                                 const edge_list_options& options = {}) {
  return detail::assemble<Graph>(detail::read_edge_list_parts(edges, &nodes, options));
}

#if MLL_COMPILED
extern template semantic_dag<compact_graph> read_edge_list<compact_graph>(const std::filesystem::path&,
                                                                          const edge_list_options&);
#endif

}  // namespace mll

#if !MLL_COMPILED
#include "mll/graph/detail/edge_list.ipp"
#endif
