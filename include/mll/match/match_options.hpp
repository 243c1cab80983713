// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <vector>

#include "mll/graph/information_content.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/visible_domains.hpp"

namespace mll {

/// Options of `match`. Weights are in units of log-probability. The defaults are round numbers on a plateau,
/// chosen on names of photographed things.
struct match_options {
  /// Preference for a sense that was seen often: this times `log(1 + count)`.
  double frequency_weight = 1;
  /// Cost of a later sense of a word that was never counted, whose order says little: this times log(rank).
  double rank_weight = 0.25;
  /// Cost of a word that is not the first of its node ("slug" is first of the animal, second of the bullet):
  /// this times log(position).
  double position_weight = 3;
  /// Cost of a word that is written with a capital where the name has none ("cardigan" is worn, "Cardigan" is
  /// a dog).
  double proper_weight = 2;
  /// Preference by `synset::domain`; fields beyond its end have 0. Empty for graphs with other fields.
  std::vector<double> domain_preference = visible_domains();
  double sample_weight = 6;      ///< preference for a sense with samples at it or below it
  double own_sample_weight = 2;  ///< preference for a sense with samples of its own, on top
  double caption_weight = 8;  ///< preference for each word of the caption that says the sense, if it is rare
  double meaning_weight =
      4;  ///< preference for a gloss like the class text, times the cosine; needs an index
  double coherence_weight =
      16;  ///< preference for senses like those of the other classes: times mean Lin similarity
  double domain_weight = 2;  ///< the same, times the share of the other classes that are of the same domain
  double repeat_weight = 3;  ///< cost of two classes that mean the same node
  double part_weight = 4;    ///< cost of reading "crocodile head" as crocodile
  /// Steps of the exact collective choice; a task that needs more gets the best of several local searches.
  std::size_t search_limit = 200'000;
  std::size_t semantic_candidates =
      5;  ///< nodes taken by meaning for a name that is no word of the graph; needs an index
  double least_similarity = 0.6;  ///< cosine below which a node is not taken by meaning
  /// Nodes with samples that stand in for a class whose node has none at it or below it: so many of the most
  /// similar ones (Wu and Palmer), each weighing as much as it is similar times `neighbour_discount`; 0: such
  /// a class has no samples.
  std::size_t neighbours = 3;
  double neighbour_discount = 0.5;  ///< in (0, 1]
  /// Information content of the graph's nodes, for the Lin similarity; null: computed for the call. Worth
  /// keeping by those who match many tasks.
  const information_content* content = nullptr;
  evidence_options evidence = {};  ///< how samples of descendants count
};

}  // namespace mll
