// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/wordnet.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/wordnet.hpp"

namespace {

// A handwritten database of five synsets: entity <- animal <- {goose, goose as food}, Bible an instance.
using files = std::map<std::string, std::string>;

files small_database() {
  return {
      {"data.noun",
       "  1 The licence stands here.  \n"
       "00000100 03 n 01 entity 0 001 ~ 00000200 n 0000 | that which is  \n"
       "00000200 05 n 02 animal 0 living_Thing 1 002 @ 00000100 n 0000 ~ 00000300 n 0000 | it lives | and "
       "moves  \n"
       "00000300 05 n 01 goose 0 001 @ 00000200 n 0000 | a bird  \n"
       "00000400 13 n 01 goose 1 002 @ 00000100 n 0000 #p 00000300 n 0000 | its flesh  \n"
       "00000500 10 n 02 Bible 0 bible 1 002 @i 00000100 n 0000 + 00000900 v 0101 |   \n"},
      {"index.noun",
       "  1 The licence stands here.  \n"
       "animal n 1 2 @ ~ 1 0 00000200  \n"
       "bible n 1 1 @i 1 0 00000500  \n"
       "entity n 1 1 ~ 1 0 00000100  \n"
       "goose n 2 1 @ 2 1 00000300 00000400  \n"
       "living_thing n 1 1 @ 1 0 00000200  \n"},
      {"noun.exc", "geese goose\nliving-things living-thing being\n"},
      {"cntlist.rev", "goose%1:05:00:: 1 7\ngoose%1:13:01:: 1 3\nrun%2:38:00:: 1 9\nunicorn%1:05:00:: 1 4\n"},
  };
}

class database {
 public:
  explicit database(const files& content) {
    for (const auto& [name, text] : content) std::ofstream{folder_.path() / name, std::ios::binary} << text;
  }
  [[nodiscard]] mll::semantic_dag<> read(const mll::wordnet_options& options = {}) const {
    return mll::read_wordnet(folder_.path(), options);
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  // The error message, without the folder.
  [[nodiscard]] std::string complaint(const mll::wordnet_options& options = {}) const {
    try {
      static_cast<void>(read(options));
    } catch (const mll::error& e) {
      std::string text = e.what();
      const std::string folder = folder_.path().string() + "/";
      for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
        text.erase(at, folder.size());
      }
      return text;
    }
    return "none";
  }

 private:
  mll::detail::temporary_folder folder_;
};

std::string complaint_after(const std::string& file, std::string_view what, std::string_view instead) {
  files content = small_database();
  std::string& text = content.at(file);
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), instead);
  return database{content}.complaint();
}

}  // namespace

TEST_CASE("read_wordnet reads a small database, field by field") {
  const auto dag = database{small_database()}.read();
  REQUIRE(dag.size() == 5);
  CHECK(dag.edge_count() == 4);
  const auto animal = dag.at("n00000200");
  CHECK(dag[animal] == mll::synset{.id = "n00000200",
                                   .lemmas = {{"animal", 1, 0}, {"living Thing", 1, 0}},
                                   .gloss = "it lives | and moves",
                                   .domain = 5});
  const auto goose = dag.words().senses("goose");
  REQUIRE(goose.size() == 2);
  CHECK(goose[0] == mll::word_sense{dag.at("n00000300"), 1, 7});
  CHECK(goose[1] == mll::word_sense{dag.at("n00000400"), 2, 3});  // by its key, though the list says rank 1
  CHECK(dag.parents(dag.at("n00000500"))[0] == dag.at("n00000100"));
  CHECK(dag[dag.at("n00000500")].gloss.empty());
  CHECK(dag[dag.at("n00000500")].lemmas == std::vector<mll::lemma>{{"Bible", 1, 0}, {"bible", 1, 0}});
  CHECK(dag.words().senses("bible").size() == 1);
  CHECK(dag.words().base_forms("geese") == std::vector<std::string>{"goose"});
  CHECK(dag.words().base_forms("living things") == std::vector<std::string>{"living thing"});
}

TEST_CASE("the pointers of the options make the hierarchy") {
  const database database{small_database()};
  CHECK(database.read({.pointers = {"@"}}).edge_count() == 3);
  const auto wholes = database.read({.pointers = {"#p"}});
  CHECK(wholes.edge_count() == 1);
  CHECK(wholes.parents(wholes.at("n00000400"))[0] == wholes.at("n00000300"));
  CHECK(database.read({.pointers = {}}).edge_count() == 0);
  CHECK(database.complaint({.pointers = {"@", "@@"}}) ==
        "pointers: expected pointer symbols of WordNet, such as '@', found '@@'");
  CHECK(database.complaint({.pointers = {"@", "~"}}).starts_with("data.noun:3: expected no cycle"));
  CHECK(database.complaint({.pointers = {"+"}}) ==
        "data.noun:6: expected a pointer '+' to the same part of speech, found 'v'");
}

TEST_CASE("counts are optional and come from either file") {
  files content = small_database();
  content["index.sense"] = "goose%1:05:00:: 00000300 1 70\ngoose%1:13:01:: 00000400 2 0\n";
  CHECK(database{content}.read().words().senses("goose")[0].frequency == 7);
  content.erase("cntlist.rev");
  CHECK(database{content}.read().words().senses("goose")[0].frequency == 70);
  content.erase("index.sense");
  CHECK(database{content}.read().words().senses("goose")[0].frequency == 0);
}

TEST_CASE("read_wordnet accepts \\r\\n, synsets in any order and an unsorted index") {
  files content = small_database();
  for (auto& [name, text] : content) {
    std::string other;
    for (const char c : text) other += c == '\n' ? std::string{"\r\n"} : std::string{c};
    text = other;
  }
  CHECK(database{content}.read().words().senses("goose")[0].frequency == 7);

  content = small_database();
  content["data.noun"] =
      "00000300 05 n 01 goose 0 001 @ 00000200 n 0000 | a bird  \n"
      "00000200 05 n 01 animal 0 000 | it lives  \n";
  content["index.noun"] = "goose n 1 1 @ 1 0 00000300\nanimal n 1 0 1 0 00000200\n";
  const auto dag = database{content}.read();
  CHECK(dag.parents(dag.at("n00000300"))[0] == dag.at("n00000200"));
  CHECK(dag.words().senses("goose")[0].frequency == 7);
}

TEST_CASE("adjective satellites are adjectives, and syntactic markers are dropped") {
  const database adjectives{{{"data.adj",
                              "00000100 00 a 01 awake(p) 0 001 & 00000200 a 0000 | not asleep  \n"
                              "00000200 00 s 01 wide-eyed 2 001 & 00000100 a 0000 | (a) b  \n"},
                             {"index.adj", "awake a 1 1 & 1 0 00000100\nwide-eyed a 1 1 & 1 0 00000200\n"},
                             {"adj.exc", ""},
                             {"cntlist.rev", "awake%3:00:00:: 1 5\nwide-eyed%5:00:02:awake:00 1 6\n"}}};
  const auto dag = adjectives.read({.part_of_speech = mll::part_of_speech::adjective});
  CHECK(dag[dag.at("a00000100")].lemmas[0] == mll::lemma{"awake", 1, 5});
  CHECK(dag[dag.at("a00000200")].lemmas[0] == mll::lemma{"wide-eyed", 1, 6});
  CHECK(dag[dag.at("a00000200")].gloss == "(a) b");
}

TEST_CASE("read_wordnet reports malformed files with file, line, expected and found") {
  const auto data = [](std::string_view what, std::string_view instead) {
    return complaint_after("data.noun", what, instead);
  };
  CHECK(data("00000100 03", "0000100 03") ==
        "data.noun:2: expected a synset offset of eight digits, found '0000100'");
  CHECK(data("00000100 03", "0000x100 03") ==
        "data.noun:2: expected a synset offset of eight digits, found '0000x100'");
  CHECK(data("00000100 03", "00000 03") ==
        "data.noun:2: expected a synset offset of eight digits, found '00000'");
  CHECK(data("n 01 goose", "n ffff goose") == "data.noun:4: expected a hexadecimal lexical id, found '@'");
  CHECK(data("n 01 goose", "n 10000 goose") ==
        "data.noun:4: expected a hexadecimal count of words, found '10000'");
  CHECK(data("00000200 05", "00000200 five") ==
        "data.noun:3: expected the number of a lexicographer file, found 'five'");
  CHECK(data("00000200 05", "00000200 256") ==
        "data.noun:3: expected the number of a lexicographer file, found '256'");
  CHECK(data("05 n 01 goose", "05 v 01 goose") == "data.noun:4: expected the synset type 'n', found 'v'");
  CHECK(data("n 01 goose", "n 0g goose") == "data.noun:4: expected a hexadecimal count of words, found '0g'");
  CHECK(data("n 01 goose 0", "n 00") == "data.noun:4: expected at least one word, found none");
  CHECK(data("n 01 goose 0", "n 01 goose z") == "data.noun:4: expected a hexadecimal lexical id, found 'z'");
  CHECK(data("n 01 goose 0 001", "n 02 goose 0 001") ==
        "data.noun:4: expected a hexadecimal lexical id, found '@'");
  CHECK(data("goose 0 001 @", "goose 0 -1 @") == "data.noun:4: expected a count of pointers, found '-1'");
  CHECK(data("goose 0 001 @", "goose 0 009 @") ==
        "data.noun:4: expected source and target of a pointer, found an empty field");
  CHECK(data("goose 0 001 @", "goose 0  001 @") ==
        "data.noun:4: expected a count of pointers, found an empty field");
  CHECK(data(" | a bird", "") == "data.noun:4: expected a gloss after '|', found the end of the line");
  CHECK(data("@ 00000200 n 0000 | a bird", "@ 00000250 n 0000 | a bird") ==
        "data.noun:4: expected pointers to synsets of the file, found one to the unknown offset 250");
  CHECK(data("@ 00000200 n 0000 | a bird", "@ 99999999 n 0000 | a bird") ==
        "data.noun:4: expected pointers to synsets of the file, found one to the unknown offset 99999999");
  CHECK(data("00000400 13", "00000300 13") ==
        "data.noun:5: expected every offset once, found 'n00000300' again");
  CHECK(data("animal 0", "ani\xFFmal 0") ==
        "data.noun:3: expected UTF-8, found the bytes '00000200 05 n 02 ani\\xFFmal 0 living_Thing ...'");
  CHECK(data("|   \n", "|  ") ==
        "data.noun:6: expected a complete line with an end, found '00000500 10 n 02 Bible 0 bible 1 002 @i "
        "...' and the "
        "end of the file");
  CHECK(data("01 entity 0", "02 entity 0 thing 0") ==
        "data.noun:2: expected only words that are in index.noun, found 'thing'");

  const auto index = [](std::string_view what, std::string_view instead) {
    return complaint_after("index.noun", what, instead);
  };
  CHECK(index("00000500", "00000501") ==
        "index.noun:3: expected the offset of a synset in data.noun, found 501");
  CHECK(index("00000300 00000400", "00000300") ==
        "index.noun:5: expected a synset offset of eight digits, found nothing");
  CHECK(index("00000300 00000400", "00000300 00000400 00000100") ==
        "index.noun:5: expected 2 offsets, found more: '00000100  '");
  CHECK(index("00000300 00000400", "00000300 00000300") ==
        "index.noun:5: expected every sense of a word once, found 'goose' again");
  CHECK(index("00000300 00000400", "00000300 00000100") ==
        "index.noun:5: expected a synset with the word 'goose', found 'n00000100'");
  CHECK(index("bible n", "bible v") == "index.noun:3: expected the part of speech 'n', found another one");
  CHECK(index("bible n 1", "bible n one") == "index.noun:3: expected a count of synsets, found 'one'");
  CHECK(index("bible n 1 1 @i 1 0 00000500  \n", "") ==
        "data.noun:6: expected only words that are in index.noun, found 'Bible'");

  CHECK(complaint_after("noun.exc", "geese goose", "geese") ==
        "noun.exc:1: expected a base form, found the end of the line");
  CHECK(complaint_after("cntlist.rev", ":: 1 7", ":: 1 x") == "cntlist.rev:1: expected a count, found 'x'");
  CHECK(complaint_after("cntlist.rev", ":: 1 7", ":: 1") ==
        "cntlist.rev:1: expected a count, found the end of the line");
  CHECK(complaint_after("cntlist.rev", "goose%1:05:00::", "goose") ==
        "cntlist.rev:1: expected a sense key such as dog%1:05:00::, found 'goose'");
  CHECK(complaint_after("cntlist.rev", "goose%1:05:00::", "goose%1:05") ==
        "cntlist.rev:1: expected a lexical id in a sense key, found the end of the line");
}

TEST_CASE("read_wordnet reports missing files, and how to install them") {
  CHECK_THROWS_WITH_AS(
      (void)mll::read_wordnet("/nowhere/wordnet"),
      "/nowhere/wordnet: expected the folder of a WordNet database (install the package wordnet-base, or "
      "name the folder that holds data.noun), found no such folder",
      mll::parse_error);
  for (const auto* name : {"data.noun", "index.noun"}) {
    files content = small_database();
    content.erase(name);
    CHECK(database{content}.complaint() ==
          std::string{name} + ": expected a readable file, found No such file or directory");
  }
  files content = small_database();
  content["data.noun"] = "";
  CHECK(database{content}.complaint() == "data.noun: expected at least one synset, found none");
}

TEST_CASE("read_wordnet rejects files cut at any byte") {
  for (const auto* name : {"data.noun", "index.noun"}) {
    const std::string whole = small_database().at(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      files content = small_database();
      content[name] = whole.substr(0, length);
      CHECK(database{content}.complaint() != "none");
    }
  }
}

TEST_CASE("read_wordnet accepts or rejects files with a changed byte, without a crash") {
  for (const auto* name : {"data.noun", "index.noun", "noun.exc", "cntlist.rev"}) {
    const std::string whole = small_database().at(name);
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      for (const char c : {' ', '\n', '9', '\xFF'}) {
        files content = small_database();
        content[name][at] = c;
        const std::string complaint = database{content}.complaint();
        CHECK(!complaint.empty());
      }
    }
  }
}

TEST_CASE("read_wordnet reads the nouns of WordNet") {
  const auto* nouns = mll_test::wordnet_nouns();
  if (nouns == nullptr) return;
  CHECK(nouns->size() == 82115);
  CHECK(nouns->edge_count() == 84427);
  REQUIRE(nouns->roots().size() == 1);
  CHECK((*nouns)[nouns->roots()[0]].id == "n00001740");
  const auto dog = nouns->at("n02084071");
  const mll::synset& payload = (*nouns)[dog];
  REQUIRE(payload.lemmas.size() == 3);
  CHECK(payload.lemmas[0] == mll::lemma{"dog", 1, 42});
  CHECK(payload.lemmas[2].text == "Canis familiaris");
  CHECK(payload.gloss.starts_with("a member of the genus Canis (probably descended from the common wolf)"));
  CHECK(payload.domain == 5);
  std::size_t several_parents = 0;
  std::size_t tagged = 0;
  for (std::size_t i = 0; i < nouns->size(); ++i) {
    several_parents += nouns->parents(mll::node_id{i}).size() > 1 ? 1U : 0U;
    for (const auto& word : (*nouns)[mll::node_id{i}].lemmas) tagged += word.frequency > 0 ? 1U : 0U;
  }
  CHECK(several_parents == 2213);
  CHECK(tagged > 16'000);  // the list has 17,081 noun senses, some of them from another release
}

TEST_CASE("read_wordnet reads the verbs of WordNet, a forest") {
  const auto folder = mll_test::wordnet_folder();
  if (!folder) return;
  const auto verbs = mll::read_wordnet(*folder, {.part_of_speech = mll::part_of_speech::verb});
  CHECK(verbs.size() == 13767);
  CHECK(verbs.roots().size() == 559);
}

TEST_CASE("a database without a file of exceptions has no irregular forms") {
  files content = small_database();
  content.erase("noun.exc");
  const auto dag = database{content}.read();
  CHECK(dag.size() == 5);
  CHECK(dag.words().base_forms("geese").empty());
  CHECK(dag.words().base_forms("gooses") == std::vector<std::string>{"goose"});
}

TEST_CASE("optional files that are there and cannot be opened are named") {
  files content = small_database();
  content.erase("noun.exc");
  content.erase("cntlist.rev");
  for (const char* name : {"noun.exc", "cntlist.rev", "index.sense"}) {
    for (const char* target : {"self", "/nowhere/else", "/dev/zero"}) {
      const database linked{content};
      std::filesystem::create_symlink(target == std::string{"self"} ? name : target, linked.folder() / name);
      CHECK(linked.complaint().starts_with(std::string{name} + ": expected a readable file, found "));
    }
  }
}

TEST_CASE("a cycle is reported with file and line, and its closing pointer dropped if asked for") {
  files content = small_database();
  std::string& data = content["data.noun"];
  const std::string entity = "entity 0 001 ~ 00000200 n 0000";
  data.replace(data.find(entity), entity.size(), "entity 0 002 ~ 00000200 n 0000 @ 00000300 n 0000");
  const database cyclic{content};
  CHECK(cyclic.complaint() ==
        "data.noun:4: expected no cycle (to drop the pointer that closes it: wordnet_options::dropped), "
        "found the "
        "cycle n00000100 -> n00000300 -> n00000200 -> n00000100");
  std::vector<std::string> dropped{"of an earlier call"};
  const auto dag = cyclic.read({.dropped = &dropped});
  CHECK(dropped == std::vector<std::string>{"n00000200 -> n00000100"});
  CHECK(dag.edge_count() == 4);
  CHECK(dag.parents(dag.at("n00000100"))[0] == dag.at("n00000300"));
  CHECK(dag.parents(dag.at("n00000200")).empty());
  CHECK(database{small_database()}.read({.dropped = &dropped}).edge_count() == 4);
  CHECK(dropped.empty());
}

TEST_CASE("capitals of data, index and counts may differ, as in Open English WordNet") {
  const database mixed{
      {{"data.noun",
        "00000100 03 n 01 entity 0 000 | that which is  \n"
        "00000200 18 n 02 Lech_Walesa 0 Walesa 1 001 @i 00000100 n 0000 | a statesman  \n"},
       {"index.noun",
        "Lech_Walesa n 1 1 @i 1 1 00000200  \nentity n 1 0 1 0 00000100  \nwalesa n 1 1 @i 1 1 00000200  \n"},
       {"index.sense",
        "Lech_Walesa%1:18:00:: 00000200 1 5\nWalesa%1:18:01:: 00000200 1 7\nENTITY%1:03:00:: 00000100 1 "
        "2\n"}}};
  const auto dag = mixed.read();
  CHECK(dag.words().senses("lech walesa")[0].frequency == 5);
  CHECK(dag.words().senses("WALESA")[0].frequency == 7);
  CHECK(dag.words().senses("entity")[0].frequency == 2);
  files without_counts = small_database();
  without_counts.erase("cntlist.rev");
  without_counts["index.sense"] = "";  // as in one release
  CHECK(database{without_counts}.read().words().senses("goose")[0].frequency == 0);
}

namespace {

/// A synset of Open English WordNet, before it is written.
struct oewn_synset {
  std::string type;  // n, v, a, s, r
  int domain;
  std::vector<std::string> members;  // with the marker of an adjective
  std::string rest;                  // pointers with `#NAME` for an offset, and frames
  std::string gloss;                 // with its bar, if any
};

/// A database as the program that makes the releases of Open English WordNet writes it: `WNDBWriter` of
/// https://github.com/jmccrae/gwn-scala-api (wndb.scala), called as RELEASING.md of
/// https://github.com/globalwordnet/english-wordnet says, with its WNDB_License.txt. Against Princeton's: a
/// longer header of its own; byte offsets with UTF-8; verbs without frames have no count of them; an index
/// line in lower case, whatever the word, that lists a synset once for each spelling of the word in it; no
/// counts of tagged senses; keys in `index.sense` with escapes in some releases; no `cntlist.rev`, `lexnames`
/// or `sents.vrb`; `.exc` files of one base form per line; an empty line at the end of the data.
files oewn_database(const std::string& ending, const std::map<std::string, oewn_synset>& synsets) {
  std::string header =
      "  1 This software and database is being provided to you, the LICENSEE, by  \n"
      "  2 the Open English Wordnet team under the Creative Commons Attribution 4.0  \n"
      "  3 International License (CC-BY 4.0).  \n  4                  \n";
  for (int line = 5; line <= 30; ++line) header += "  " + std::to_string(line) + " and so on  \n";
  const auto digits = [](std::size_t offset) {
    const std::string text = std::to_string(offset);
    return std::string(8 - text.size(), '0') + text;
  };
  std::map<std::string, std::string> offsets;
  std::string data;
  for (const int pass : {1, 2}) {  // offsets have the same length in both
    data = header;
    for (const auto& [name, each] : synsets) {
      const std::string offset = digits(data.size());
      offsets[name] = offset;
      data += offset + (each.domain < 10 ? " 0" : " ") + std::to_string(each.domain) + " " + each.type +
              " 0" + std::to_string(each.members.size()) + " ";
      int id = 14;  // f and 10 in hexadecimal: ids of more than a digit
      for (const auto& member : each.members)
        data += member + (++id == 15 ? " f " : " " + std::to_string(id - 6) + " ");
      std::string rest = each.rest;
      for (std::size_t at = rest.find('#'); at != std::string::npos; at = rest.find('#', at + 1)) {
        const std::string target = rest.substr(at + 1, rest.find(' ', at) - at - 1);
        rest.replace(at, target.size() + 1, pass == 1 ? digits(0) : offsets.at(target));
      }
      data += rest + each.gloss + "  \n";
    }
  }
  std::map<std::string, std::vector<std::string>> index;
  std::string senses;
  for (const auto& [name, each] : synsets) {
    for (const auto& member : each.members) {
      std::string word = member.substr(0, member.find('('));
      std::transform(word.begin(), word.end(), word.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      index[word].push_back(offsets.at(name));
      senses += word + "%1:05:00:: " + offsets.at(name) + " 1 0\n";
    }
  }
  senses += "achilles-apos-_heel%1:07:00:: 00001234 1 0\nair--drop%2:35:00:: 00001234 1 0\n";
  std::string lines = header;
  for (const auto& [word, places] : index) {
    const std::string count = std::to_string(places.size());
    lines += word + " " + ending.substr(0, 1) + " " + count + " 1 @ " + count + " 0";
    for (const auto& place : places) lines += " " + place;
    lines += "  \n";
  }
  return {{"data." + ending, data + "\n"}, {"index." + ending, lines}, {"index.sense", senses}};
}

}  // namespace

TEST_CASE("read_wordnet reads nouns as Open English WordNet writes them") {
  files nouns = oewn_database(
      "noun",
      {{"1", {"n", 3, {"entity"}, "000 ", "| that which is; \"an entity\"; \"a | b\""}},
       {"2", {"n", 10, {"Bible", "bible", "Good_Book"}, "001 @ #1 n 0000 ", "| the \"Book\" of books"}},
       {"3", {"n", 5, {"bible"}, "001 @ #1 n 0000 ", "| an animal of caf\xC3\xA9s"}},
       {"4", {"n", 45, {"caf\xC3\xA9", "100%"}, "002 @i #3 n 0000 + #1 v 0102 ", "| a place"}}});
  nouns["noun.exc"] = "bibles bible\nbibles entity\n";
  const auto dag = database{nouns}.read();
  REQUIRE(dag.size() == 4);
  CHECK(dag.edge_count() == 3);
  const auto book = dag.words().senses("good book");
  REQUIRE(book.size() == 1);
  const auto bible = dag.words().senses("Bible");
  REQUIRE(bible.size() == 2);
  CHECK(bible[0].node == book[0].node);
  CHECK(bible[0].rank == 1);
  CHECK(bible[1].rank == 2);  // not 3, although the index lists the first synset for both of its spellings
  CHECK(dag[bible[0].node].lemmas ==
        std::vector<mll::lemma>{{"Bible", 1, 0}, {"bible", 1, 0}, {"Good Book", 1, 0}});
  CHECK(dag[bible[0].node].gloss == "the \"Book\" of books");
  CHECK(dag[dag.words().senses("entity")[0].node].gloss == "that which is; \"an entity\"; \"a | b\"");
  const auto cafe = dag.words().senses("caf\xC3\xA9");
  REQUIRE(cafe.size() == 1);
  CHECK(dag[cafe[0].node].domain == 45);
  CHECK(dag.words().senses("100%")[0].node == cafe[0].node);
  CHECK(dag.parents(cafe[0].node)[0] == bible[1].node);
  CHECK(dag.words().base_forms("bibles") == std::vector<std::string>{"bible", "entity"});

  // More often than it has spellings of the word, it is damage.
  std::string& index = nouns.at("index.noun");
  const std::size_t at = index.find("\nentity n 1 1 @ 1 0 ") + 1;
  const std::string line = index.substr(at, index.find("  \n", at) - at);
  index.replace(at, line.size(), "entity n 2 1 @ 2 0 " + line.substr(19) + " " + line.substr(19));
  CHECK(database{nouns}.complaint().ends_with(": expected every sense of a word once, found 'entity' again"));
}

TEST_CASE("read_wordnet reads verbs and adjectives as Open English WordNet writes them") {
  const auto verbs =
      database{
          oewn_database(
              "verb",
              {{"1", {"v", 29, {"breathe", "take_a_breath"}, "000 02 + 02 00 + 08 01 ", "| draw air"}},
               {"2",
                {"v", 42, {"Latinise", "latinise"}, "002 @ #1 v 0000 $ #1 v 0000 ", "| without frames"}}})}
          .read({.part_of_speech = mll::part_of_speech::verb});
  CHECK(verbs.size() == 2);
  CHECK(verbs.edge_count() == 1);
  CHECK(verbs[verbs.words().senses("LATINISE")[0].node].gloss == "without frames");
  CHECK(verbs[verbs.words().senses("take a breath")[0].node].gloss == "draw air");
  const auto adjectives =
      database{
          oewn_database(
              "adj", {{"1", {"a", 0, {"awake(p)"}, "001 & #2 a 0000 ", "| not asleep"}},
                      {"2", {"s", 0, {"wide-eyed"}, "002 & #1 a 0000 @ #3 s 0000 ", "| with eyes \"wide\""}},
                      {"3", {"s", 44, {"Baroque", "baroque"}, "000 ", "| of a style"}}})}
          .read({.part_of_speech = mll::part_of_speech::adjective});
  CHECK(adjectives.size() == 3);
  CHECK(adjectives.edge_count() == 1);  // to a satellite
  CHECK(adjectives[adjectives.words().senses("awake")[0].node].lemmas[0].text == "awake");
  CHECK(adjectives.words().senses("baroque").size() == 1);
}

#if MLL_UNICODE
TEST_CASE("accented capitals of data, index and counts may differ") {
  const database accented{{{"data.noun",
                            "00000100 03 n 01 \xC3\x89tage 0 000 | a shelf  \n"
                            "00000200 03 n 03 Stra\xC3\x9F\x65 0 STRASSE 0 strasse 0 000 | a road  \n"},
                           {"index.noun",
                            "\xC3\xA9tage n 1 0 1 1 00000100  \nstrasse n 1 0 1 1 00000200  \n"
                            "stra\xC3\x9F\x65 n 1 0 1 1 00000200  \n"},
                           {"index.sense", "E\xCC\x81tage%1:03:00:: 00000100 1 4\n"}}};
  const auto dag = accented.read();
  CHECK(dag.words().senses("\xC3\x89TAGE")[0].frequency == 4);
  CHECK(dag.words().senses("Strasse").size() == 1);
  CHECK(dag.words().senses("Stra\xC3\x9F\x65")[0].node == dag.at("n00000200"));
}
#endif

TEST_CASE("files that are pointers of git-lfs are named") {
  files content = small_database();
  content["index.noun"] = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n";
  CHECK(database{content}.complaint() ==
        "index.noun: expected the content of the file (git lfs pull), found a pointer of git-lfs");
}
