// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task.hpp"

namespace mll {

/// How a class name led to a node, from the surest way to the least sure.
enum class match_kind {
  lemma,       ///< the name is a word of the node
  inflection,  ///< a base form of the name is ("geese" -> goose)
  spelling,    ///< another way to write it is ("sportscar" -> sports car, "fibre" -> fiber)
  apposition,  ///< its first words are, and the last ones say what that is ("maple tree" -> maple)
  head_noun,   ///< the last words of the name are ("racing bicycle" -> bicycle)
  whole,       ///< the first words are, and the last ones are a part of it ("crocodile head" -> crocodile)
  semantic,    ///< the gloss of the node is close to the name and caption
};

/// A node that a class may mean.
struct sense_candidate {
  node_id node;
  match_kind kind = match_kind::lemma;
  std::size_t rank =
      1;  ///< rank of the sense of the word, from 1; among semantic candidates, rank by similarity
  std::size_t position = 1;      ///< place of the word among those of the node, from 1
  std::size_t frequency = 0;     ///< how often the word was seen in this sense; 0 = unknown
  double similarity = 0;         ///< cosine of class text and gloss, if an embedder was given
  double caption_overlap = 0;    ///< how much of the caption speaks of it, if there is one
  std::size_t sample_count = 0;  ///< representation samples that would speak for it
  /// That the class means it, given what the other classes mean: a softmax of the candidates' scores beside
  /// theirs.
  double probability = 0;
};

/// How much representation data a class has.
enum class coverage {
  own_samples,         ///< samples of the matched node itself
  descendant_samples,  ///< samples of narrower nodes, discounted
  neighbour_samples,   ///< samples of the most similar nodes: what the class may look like, no more
  no_samples,          ///< a node, but no sample at it or below it, and no neighbours wanted
  no_node,             ///< no node
};

/// What a class of a task means in the graph.
struct class_match {
  std::vector<sense_candidate> candidates;  ///< by decreasing probability
  node_id node;                             ///< the chosen sense; invalid if there is no candidate
  std::vector<weighted_node> evidence;      ///< nodes whose samples speak for the class, with weights z[y,v]
  std::size_t sample_count = 0;             ///< samples of these nodes
  mll::coverage coverage = mll::coverage::no_node;
  /// Words of the graph one letter from the name, best known first, where the name is no word of it. Nothing
  /// is made of them: to ask, not to guess.
  std::vector<std::string> suggestions = {};

  /// The sense that comes closest to the chosen one; null if there is no other.
  [[nodiscard]] const sense_candidate* runner_up() const {
    return candidates.size() > 1 ? &candidates[1] : nullptr;
  }
};

/// A task with the meaning of each of its classes, in the order of the task.
struct task_match {
  mll::task task;
  std::vector<class_match> classes;
  bool exact =
      true;  ///< whether no other choice of senses scores higher, for sure; see `match_options::search_limit`

  [[nodiscard]] const class_match& operator[](class_id y) const { return classes[y.index()]; }
};

}  // namespace mll
