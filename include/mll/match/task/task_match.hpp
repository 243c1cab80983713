// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/weighted_node.hpp"
#include "mll/match/task/task.hpp"

namespace mll {

/// How a class name led to a node, from the most to the least certain.
enum class match_kind {
  lemma,       ///< the name is a word of the node
  inflection,  ///< a base form of the name is a word of the node ("geese" -> goose)
  spelling,    ///< another spelling of the name is ("sportscar" -> sports car, "fibre" -> fiber)
  apposition,  ///< the first words are, and the last ones name a broader node ("maple tree" -> maple)
  head_noun,   ///< the last words are ("racing bicycle" -> bicycle)
  whole,       ///< the first words are, and the last ones name a part of it ("crocodile head" -> crocodile)
  semantic,    ///< the gloss of the node is similar to name and caption
};

/// A node that a class may mean.
struct sense_candidate {
  node_id node;
  match_kind kind = match_kind::lemma;
  std::size_t rank = 1;          ///< rank of the sense of the word, or by similarity if `semantic`; from 1
  std::size_t position = 1;      ///< position of the word among those of the node, from 1
  std::size_t frequency = 0;     ///< count of the word in this sense in a tagged corpus; 0 = unknown
  double similarity = 0;         ///< cosine of class text and gloss, with an embedder
  double caption_overlap = 0;    ///< overlap of the caption with words about the node
  std::size_t sample_count = 0;  ///< representation samples of its evidence
  double probability = 0;  ///< of this candidate given the senses of the other classes: a softmax of scores
};

/// The kind of representation samples that a class has.
enum class coverage {
  own_samples,         ///< samples of the node itself
  descendant_samples,  ///< samples of narrower nodes, discounted
  neighbour_samples,   ///< samples of the most similar nodes only
  no_samples,          ///< a node, but no samples
  no_node,             ///< no node
};

/// The meaning of a class of a task in the graph.
struct class_match {
  std::vector<sense_candidate> candidates;  ///< by decreasing probability
  node_id node;                             ///< the chosen sense; invalid without candidates
  std::vector<weighted_node> evidence;      ///< nodes whose samples represent the class, with weights z[y,v]
  std::size_t sample_count = 0;             ///< samples of these nodes
  mll::coverage coverage = mll::coverage::no_node;
  /// Words of the graph one letter away from a name that is not in it, most frequent first. Suggestions only;
  /// never used.
  std::vector<std::string> suggestions = {};
  /// The other classes with the same node, as "couch" and "sofa" have, or "dog" and "not a dog": no sample
  /// tells them apart.
  std::vector<class_id> same_node_as = {};

  /// The second most probable sense; null if there is none.
  [[nodiscard]] const sense_candidate* runner_up() const {
    return candidates.size() > 1 ? &candidates[1] : nullptr;
  }
};

/// A task with the meaning of each of its classes, in the order of the task.
struct task_match {
  mll::task task;
  std::vector<class_match> classes;
  bool exact = true;  ///< whether no other choice of senses scores higher; see `match_options::search_limit`
  std::uint64_t graph = 0;  ///< fingerprint of the graph; 0: unknown

  [[nodiscard]] const class_match& operator[](class_id y) const { return classes[y.index()]; }
};

namespace detail {

/// Lists, for each class, the others with the same node.
MLL_DECLARE void note_shared_nodes(std::span<class_match> classes);

}  // namespace detail

/// The nodes whose samples represent the classes of a task, in increasing id, each once: the rows that
/// `select` reads.
///
/// @code
/// const auto labels = store.labels(graph, mll::nodes_of(match));  // these rows of a hub_store, no others
/// @endcode
///
/// Complexity: O(n log n) for n evidence nodes.
MLL_DECLARE [[nodiscard]] std::vector<node_id> nodes_of(const task_match& match);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/match/task/detail/task_match.ipp"
#endif
