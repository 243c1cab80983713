// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/graph/detail/dag_parts.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/synset.hpp"

namespace mll {

/// What to read from a WordNet database.
struct wordnet_options {
  mll::part_of_speech part_of_speech = mll::part_of_speech::noun;

  /// Pointer symbols that make the hierarchy, each from a narrower synset to a broader one: `"@"` is the
  /// hypernym, `"@i"` the class of an instance; `"#p"` would be the whole that a thing is part of.
  std::vector<std::string> pointers = {"@", "@i"};

  /// If not null, pointers that close a cycle are dropped, and listed here: `"v02423762 -> v02422663"`. The
  /// verbs of Princeton's WordNet 3.0 have one. Pointers are followed depth first in the order of the file;
  /// one that leads back to a synset on the way closes a cycle.
  std::vector<std::string>* dropped = nullptr;
};

namespace detail {

/// `read_wordnet`, before it is a graph of some type.
MLL_DECLARE [[nodiscard]] dag_parts read_wordnet_parts(const std::filesystem::path& folder,
                                                       const wordnet_options& options);

}  // namespace detail

/// Reads one part of speech of a WordNet database (the format of Princeton's `wndb(5WN)`) as a semantic
/// graph.
///
/// - `data.<pos>`: synsets, in the order of the file. The id of a synset is the letter of its part of speech
///   (`n`, `v`, `a`, `r`; `a` for adjective satellites as well) and its eight-digit offset: `"n02084071"`.
///   Underscores in words become spaces; syntactic markers of adjectives (`(p)`) are dropped.
///   `synset::domain` is the number of the lexicographer file.
/// - `index.<pos>`: the rank of each sense of a word (`lemma::sense`).
/// - `<pos>.exc`: irregular forms; none without this file.
/// - `cntlist.rev`, or `index.sense` in its absence: counts of tagged senses (`lemma::frequency`), 0 without
///   these files. Counts of senses that the database lacks are skipped: the lists of some distributions are
///   older than their data.
///
/// Words of these files are compared in the form of `fold_case`, so that their capitals may differ, as in
/// Open English WordNet.
///
/// @code
/// const auto graph = mll::read_wordnet("/usr/share/wordnet");  // the nouns
/// std::cout << graph[graph.at("n02084071")].lemmas.front().text << '\n';
/// @endcode
///
/// @tparam Graph as for `make_semantic_dag`
/// @param[in] folder  the folder with these files; on Debian `/usr/share/wordnet` (package `wordnet-base`)
/// @param[in] options what to read
///
/// Throws: `parse_error` with file, line, what was expected and what was found, for a missing, truncated or
/// malformed file, words that are not in the index, a repeated offset, a pointer to an unknown offset or to
/// another part of speech, a line that is not UTF-8, and a cycle; `invalid_argument` for an unknown pointer
/// symbol. Complexity: O(V log V + size of the files), which are held in memory one at a time.
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> read_wordnet(const std::filesystem::path& folder,
                                               const wordnet_options& options = {}) {
  return detail::assemble<Graph>(detail::read_wordnet_parts(folder, options));
}

#if MLL_COMPILED
extern template semantic_dag<compact_graph> read_wordnet<compact_graph>(const std::filesystem::path&,
                                                                        const wordnet_options&);
#endif

}  // namespace mll

#if !MLL_COMPILED
#include "mll/graph/detail/wordnet.ipp"
#endif
