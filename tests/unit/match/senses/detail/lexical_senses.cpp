// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/senses/detail/lexical_senses.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/animals.hpp"

namespace {

using mll::match_kind;

struct found_sense {
  std::size_t node;
  match_kind kind;
  std::size_t rank;

  friend bool operator==(const found_sense&, const found_sense&) = default;
};

std::vector<found_sense> found_senses(std::string_view name) {
  static const auto graph = mll::test::animals();
  std::vector<found_sense> out;
  for (const auto& c : mll::detail::lexical_senses(graph.words(), mll::lexicon::normalize(name)))
    out.push_back({c.node.index(), c.kind, c.rank});
  return out;
}

using found_list = std::vector<found_sense>;

}  // namespace

TEST_CASE("a word has all its senses, the most common one first") {
  CHECK(found_senses("crane") == found_list{{mll::test::crane_machine, match_kind::lemma, 1},
                                            {mll::test::crane_bird, match_kind::lemma, 2}});
  CHECK(found_senses("CRANE") == found_senses("crane"));
  CHECK(found_senses("Bird_of-prey") == found_list{{mll::test::prey_bird, match_kind::lemma, 1}});
}

TEST_CASE("an inflected word has the senses of its base form") {
  CHECK(found_senses("geese") == found_list{{mll::test::goose, match_kind::inflection, 1}});
  CHECK(found_senses("Bulldozers") == found_list{{mll::test::bulldozer, match_kind::inflection, 1}});
  CHECK(found_senses("birds of prey") == found_list{{mll::test::prey_bird, match_kind::inflection, 1}});
  CHECK(found_senses("mice") == found_list{{mll::test::mouse_animal, match_kind::inflection, 1},
                                           {mll::test::mouse_device, match_kind::inflection, 4}});
}

TEST_CASE("an unknown phrase has the senses of its head noun") {
  CHECK(found_senses("racing bicycle") == found_list{{mll::test::bicycle, match_kind::head_noun, 1}});
  CHECK(found_senses("very fast racing bicycles") ==
        found_list{{mll::test::bicycle, match_kind::head_noun, 1}});
  CHECK(found_senses("bird of paradise") == found_list{{mll::test::bird, match_kind::head_noun, 1}});
  CHECK(found_senses("grey heron with long legs") ==
        found_list{{mll::test::heron, match_kind::head_noun, 1}});
  CHECK(found_senses("large bird of prey") == found_list{{mll::test::prey_bird, match_kind::head_noun, 1}});
}

TEST_CASE("a word is found by other spellings") {
  CHECK(found_senses("push-bike") == found_list{{mll::test::bicycle, match_kind::spelling, 1}});
  CHECK(found_senses("bull dozers") == found_list{{mll::test::bulldozer, match_kind::spelling, 1}});
  CHECK(found_senses("birdofprey").empty());  // one space is inserted, not two
  CHECK(found_senses("birdof prey") == found_list{{mll::test::prey_bird, match_kind::spelling, 1}});
}

TEST_CASE("the third word of an unknown Latin name is dropped") {
  mll::test::small_graph graph(1);
  graph[0] = {"n0", {{"wolf", 1, 0}, {"Canis lupus", 1, 0}}, "", 5};
  const mll::test::small_dag one{std::move(graph)};
  const auto found = mll::detail::lexical_senses(one.words(), "canis lupus familiaris");
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == match_kind::head_noun);
  CHECK(found[0].position == 2);
  CHECK(mll::detail::lexical_senses(one.words(), "canis familiaris").empty());
}

TEST_CASE("numbered placeholders have no sense") {
  for (const std::string_view name : {"class_3", "label12", "cls-07", "object class 4", "Head 11"})
    CHECK(mll::detail::is_placeholder(mll::lexicon::normalize(name)));
  for (const std::string_view name : {"crane", "3", "class", "boeing jet 747", "4x4", ""})
    CHECK(!mll::detail::is_placeholder(mll::lexicon::normalize(name)));
  CHECK(found_senses("bird_3").empty());
}

TEST_CASE("read_name splits a name into its parts") {
  const auto typed = mll::detail::read_name("crane (a bird), Grus grus / grey crane");
  CHECK(mll::lexicon::normalize(typed.name) == "crane");
  CHECK(mll::lexicon::normalize(typed.qualifier) == "a bird");
  REQUIRE(typed.alternatives.size() == 2);
  CHECK(mll::lexicon::normalize(typed.alternatives[0]) == "grus grus");
  CHECK(mll::lexicon::normalize(typed.alternatives[1]) == "grey crane");
  CHECK(mll::detail::read_name("SportsCar").name == "Sports Car");
  CHECK(mll::detail::read_name("CD player").name == "CD player");
  CHECK(mll::detail::read_name("iPod").name == "i Pod");  // lexical_senses joins it again
  CHECK(mll::detail::read_name("potter\xE2\x80\x99s wheel").name == "potter's wheel");
  CHECK(mll::detail::read_name("(bird").name.empty());
}

TEST_CASE("the end of a very long phrase is its head noun") {
  std::string phrase;
  for (int i = 0; i < 20'000; ++i) phrase += "unheard ";
  CHECK(found_senses(phrase + "goose") == found_list{{mll::test::goose, match_kind::head_noun, 1}});
  CHECK(found_senses(phrase + "birds of prey") == found_senses("unheard birds of prey"));
  CHECK(found_senses(phrase + std::string(20'000, 'x')).empty());
  CHECK(found_senses(std::string(200'000, 'x')).empty());
}

TEST_CASE("unknown words have no sense") {
  CHECK(found_senses("qwzx").empty());
  CHECK(found_senses("qwzx of qwzy").empty());
  CHECK(found_senses("").empty());
}

TEST_CASE("a node is listed once, for the first of its words") {
  // Both words of the node are base forms of the name.
  mll::test::small_graph graph(1);
  graph[0] = {"n0", {{"ox", 1, 0}, {"oxen", 2, 0}}, "", 0};
  const mll::test::small_dag one{std::move(graph), {{"oxes", {"oxen", "ox"}}}};
  const auto found = mll::detail::lexical_senses(one.words(), "oxes");
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == match_kind::inflection);
}
