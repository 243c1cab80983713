// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/lexicon.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"
#include "support/wordnet.hpp"

using mll::lexicon;
using mll::node_id;
using mll::word_sense;
using entry_list = std::vector<std::pair<std::string_view, word_sense>>;
using words = std::vector<std::string>;

TEST_CASE("normalize makes lower case and single spaces") {
  CHECK(lexicon::normalize("Tabby_Cat") == "tabby cat");
  CHECK(lexicon::normalize("  aide-de--camp\t\n") == "aide de camp");
  CHECK(lexicon::normalize("_-_") == "");
  CHECK(lexicon::normalize("") == "");
  CHECK(lexicon::normalize("dog\xE2\x80\x99s\xC2\xA0"
                           "ear") == "dog's ear");
  CHECK(lexicon::normalize("aide\xE2\x80\x91"
                           "de\xE2\x80\x93"
                           "camp\xE2\x80\x8B") == "aide de camp");
#if MLL_UNICODE
  CHECK(lexicon::normalize("CAF\xC3\x89_Cr\xC3\xA8me") == "caf\xC3\xA9 cr\xC3\xA8me");
#else
  CHECK(lexicon::normalize("CAF\xC3\x89") == "caf\xC3\x89");  // outside ASCII: kept
#endif
  CHECK(lexicon::normalize("AT&T's .22") == "at&t's .22");
}

TEST_CASE("senses are ordered by rank, frequency and node, each node once") {
  const lexicon lexicon{entry_list{{"crane", {node_id{5}, 2, 0}},
                                   {"Crane", {node_id{9}, 1, 0}},
                                   {"crane", {node_id{3}, 2, 4}},
                                   {"cr-ane", {node_id{1}, 1, 0}},
                                   {"CRANE", {node_id{9}, 3, 7}},
                                   {"crane", {node_id{2}, 2, 0}}},
                        {}};
  const auto found = lexicon.senses("CRANE");
  REQUIRE(found.size() == 4);
  CHECK(found[0] == word_sense{node_id{9}, 1, 0});
  CHECK(found[1] == word_sense{node_id{3}, 2, 4});
  CHECK(found[2] == word_sense{node_id{2}, 2, 0});
  CHECK(found[3] == word_sense{node_id{5}, 2, 0});
  CHECK(lexicon.senses("cr ane").size() == 1);
  CHECK(lexicon.senses_of_normal("crane").size() == 4);
  CHECK(lexicon.senses_of_normal("CRANE").empty());
  CHECK(lexicon.senses("heron").empty());
  CHECK(lexicon.size() == 2);
  CHECK(mll::lexicon{}.senses("crane").empty());
  CHECK(mll::lexicon{}.base_forms("cranes").empty());
}

TEST_CASE("lexicon agrees with a map on random words") {
  mll::random_engine engine{4};
  std::map<std::string, std::vector<std::uint32_t>> expected;
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    std::string text;
    for (std::uint64_t bits = engine() % 6000 + 1; bits != 0; bits /= 8)
      text += static_cast<char>('a' + bits % 8);
    texts.push_back(text);
  }
  entry_list list;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    list.emplace_back(texts[i], word_sense{node_id{i}, 1, 0});
    expected[texts[i]].push_back(i);
  }
  const lexicon lexicon{list, {}};
  CHECK(lexicon.size() == expected.size());
  for (const auto& [text, nodes] : expected) {
    const auto found = lexicon.senses(text);
    REQUIRE(found.size() == nodes.size());
    for (std::size_t k = 0; k < nodes.size(); ++k) CHECK(found[k].node.value() == nodes[k]);
  }
  CHECK(lexicon.senses("abcdefgh i").empty());
}

TEST_CASE("a word with 100,000 senses keeps each node once, with its best rank") {
  constexpr std::size_t nodes = 50'000;
  entry_list list;
  for (std::size_t i = 0; i < 2 * nodes; ++i) {
    const auto rank = static_cast<std::uint16_t>(i < nodes ? 9 : 1 + i % 7);
    list.emplace_back("thing", word_sense{node_id{i % nodes}, rank, 0});
  }
  const lexicon lexicon{list, {}};
  const auto found = lexicon.senses("thing");
  REQUIRE(found.size() == nodes);
  std::size_t wrong = 0;
  for (std::size_t k = 0; k < nodes; ++k) {
    if (found[k].rank != 1 + (found[k].node.index() + nodes) % 7) ++wrong;
    if (k > 0 && !(std::pair{found[k - 1].rank, found[k - 1].node} < std::pair{found[k].rank, found[k].node}))
      ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("base_forms gives the word, irregular forms, regular plurals and those of each word of a phrase") {
  const auto named = [](std::vector<std::string_view> names) {
    entry_list list;
    for (const auto name : names) list.emplace_back(name, word_sense{node_id{list.size()}, 1, 0});
    return list;
  };
  const lexicon lexicon{
      named({"goose", "glass", "glasses", "box", "church", "bush", "fireman", "berry", "cat",
             "attorney at law", "mother in law", "tabby cat", "quiz", "ox"}),
      {{"geese", {"goose"}}, {"Attorneys-at-Law", {"attorney-at-law"}}, {"oxen", {"ox", "yak"}}}};
  CHECK(lexicon.base_forms("geese") == words{"goose"});
  CHECK(lexicon.base_forms("Glasses") == words{"glasses", "glass"});
  CHECK(lexicon.base_forms("boxes") == words{"box"});
  CHECK(lexicon.base_forms_of_normal("boxes") == words{"box"});
  CHECK(lexicon.base_forms("churches") == words{"church"});
  CHECK(lexicon.base_forms("bushes") == words{"bush"});
  CHECK(lexicon.base_forms("firemen") == words{"fireman"});
  CHECK(lexicon.base_forms("berries") == words{"berry"});
  CHECK(lexicon.base_forms("attorneys at law") == words{"attorney at law"});
  CHECK(lexicon.base_forms("mothers-in-law") == words{"mother in law"});
  CHECK(lexicon.base_forms("tabby cats") == words{"tabby cat"});
  CHECK(lexicon.base_forms("tabby cat") == words{"tabby cat"});
  CHECK(lexicon.base_forms("oxen") == words{"ox"});  // known words only
  CHECK(lexicon.base_forms("s").empty());
  CHECK(lexicon.base_forms("").empty());
}

TEST_CASE("the words of WordNet's nouns") {
  const auto* nouns = mll_test::wordnet_nouns();
  if (nouns == nullptr) return;
  const lexicon& lexicon = nouns->words();
  CHECK(lexicon.size() == 117631);  // 117,798 in the index, some of which differ by hyphens only
  CHECK(lexicon.base_forms("geese") == words{"goose"});
  CHECK(lexicon.base_forms("mice") == words{"mouse"});
  CHECK(lexicon.base_forms("Pickup Trucks") == words{"pickup truck"});
  const auto dog = lexicon.senses("dog");
  REQUIRE(dog.size() == 7);
  CHECK((*nouns)[dog[0].node].id == "n02084071");
  CHECK(dog[0].rank == 1);
  CHECK(dog[0].frequency == 42);
  CHECK(dog[6].rank == 7);
}
