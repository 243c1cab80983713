// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/graph/information_content.hpp"
#include "mll/label/evidence.hpp"

namespace mll {

/// Preference for each subject field where classes are visible things, in units of log-probability, by the
/// numbers of WordNet's lexicographer files; artifact = 0.
///
/// Of two fields with the same words, food comes before plants ("banana"); people, messages, acts and other
/// fields that cannot be seen come last. A difference of 3 outweighs a count of 20 in a tagged corpus; other
/// classes of the same field outweigh it in turn.
///
/// @return preference by `synset::domain`, for `match_options::domain_preference`
[[nodiscard]] inline std::vector<double> visible_domains() {
  constexpr double hidden = -3;
  std::vector<double> out(29, hidden);
  constexpr std::size_t animal = 5, artifact = 6, body = 8, communication = 10, food = 13, object = 17,
                        person = 18, plant = 20;
  out[0] = 0;  // graphs without subject fields
  out[animal] = 0.5;
  out[artifact] = 0;
  out[body] = -1.5;
  out[communication] = -2;
  out[food] = 0.5;
  out[object] = -0.5;
  out[person] = -2.5;
  out[plant] = -2;
  return out;
}

/// Options of `match`. Weights are in units of log-probability. The defaults are round numbers on a plateau
/// of the accuracy on names of photographed things.
struct match_options {
  /// Preference for a frequent sense: this times `log(1 + count)`.
  double frequency_weight = 1;
  /// Cost of a later sense of a word without counts, whose order says little: this times log(rank).
  double rank_weight = 0.25;
  /// Cost of a later word of a node ("slug" is the first word of the animal, the second of the bullet): this
  /// times log(position).
  double position_weight = 3;
  /// Cost of a capitalised word where the name has no capital ("cardigan" is clothing, "Cardigan" a dog).
  double proper_weight = 2;
  /// Preference by `synset::domain`; 0 for fields beyond its end. Empty for graphs with other fields.
  std::vector<double> domain_preference = visible_domains();
  double sample_weight = 6;      ///< preference for a sense with samples at it or below it
  double own_sample_weight = 2;  ///< additional preference for a sense with samples of its own
  double caption_weight = 8;     ///< preference per rare word that the caption shares with a sense
  double meaning_weight = 4;     ///< preference for a similar gloss, times the cosine; needs an index
  double coherence_weight =
      16;  ///< preference for senses similar to the other classes, times mean Lin similarity
  double domain_weight = 2;  ///< the same, times the share of other classes with the same domain
  double repeat_weight = 3;  ///< cost of two classes that mean the same node
  double part_weight = 4;    ///< cost of reading "crocodile head" as crocodile
  /// Steps of the exact joint choice; beyond them the best of several local searches is taken.
  std::size_t search_limit = 200'000;
  /// Nodes taken by meaning for a name that is not a word of the graph; needs an index.
  std::size_t semantic_candidates = 5;
  double min_similarity = 0.6;  ///< smallest cosine of a node taken by meaning
  /// Number of sampled nodes that stand in for a class without samples at its node or below it: the most
  /// similar ones (Wu and Palmer), weighted by similarity times `neighbour_discount`. With 0, such a class
  /// has no samples.
  std::size_t neighbours = 3;
  double neighbour_discount = 0.5;  ///< in (0, 1]
  /// Information content of the graph's nodes, for the Lin similarity; computed per call if null. Worth
  /// keeping for several tasks.
  const information_content* content = nullptr;
  evidence_options evidence = {};  ///< how samples of descendants count
};

}  // namespace mll
