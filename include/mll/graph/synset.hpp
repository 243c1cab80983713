// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mll {

/// The word classes that a dictionary keeps apart.
enum class part_of_speech { noun, verb, adjective, adverb };

/// A word or phrase that names a node.
struct lemma {
  std::string text = {};        ///< as written, words separated by spaces: `"tabby cat"`
  std::uint16_t sense = 1;      ///< rank of this node among the meanings of the word, 1 = most common
  std::uint32_t frequency = 0;  ///< count of the word in this sense in a tagged corpus; 0 = unknown

  friend bool operator==(const lemma&, const lemma&) = default;
};

/// The payload of a node of a semantic graph: one meaning and its words.
struct synset {
  std::string id = {};             ///< unique in its graph; WordNet: part of speech and offset, `"n02084071"`
  std::vector<lemma> lemmas = {};  ///< best known first; may be empty
  std::string gloss = {};          ///< definition, in plain text; may be empty
  std::uint8_t domain = 0;  ///< coarse subject field; WordNet: number of the lexicographer file, 5 = animal

  friend bool operator==(const synset&, const synset&) = default;
};

}  // namespace mll
