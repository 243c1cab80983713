// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task.hpp"

namespace mll {

/// How a class name led to a node, from the surest way to the least sure.
enum class match_kind {
  lemma,       ///< the name is a word of the node
  inflection,  ///< a base form of the name is ("geese" -> goose)
  head_noun,   ///< the last words of the name are ("racing bicycle" -> bicycle)
  semantic,    ///< the gloss of the node is close to the name and caption
};

/// A node that a class may mean.
struct sense_candidate {
  node_id node;
  match_kind kind = match_kind::lemma;
  std::size_t rank =
      1;  ///< rank of the sense of the word, from 1; among semantic candidates, rank by similarity
  double similarity = 0;         ///< cosine of class text and gloss, if an embedder was given
  std::size_t sample_count = 0;  ///< representation samples that would speak for it
  double probability =
      0;  ///< that the class means it, given the other classes; sums to 1 over the candidates
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
};

/// A task with the meaning of each of its classes, in the order of the task.
struct task_match {
  mll::task task;
  std::vector<class_match> classes;

  [[nodiscard]] const class_match& operator[](class_id y) const { return classes[y.index()]; }
};

}  // namespace mll
