// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/names/detail/spelling.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/graph/lexicon.hpp"

namespace {

mll::lexicon words_of(const std::vector<std::pair<std::string, std::uint32_t>>& words) {
  std::vector<std::pair<std::string_view, mll::word_sense>> entries;
  for (const auto& [word, frequency] : words)
    entries.emplace_back(word, mll::word_sense{mll::node_id{entries.size()}, 1, frequency});
  return mll::lexicon{entries, {}};
}

bool reaches(const std::string& from, const std::string& to) {
  bool found = false;
  mll::detail::for_each_spelling(from, [&](const std::string& form) { found = found || form == to; });
  return found;
}

}  // namespace

TEST_CASE("for_each_spelling adds and removes spaces and apostrophes") {
  CHECK(reaches("wild cat", "wildcat"));
  CHECK(reaches("sportscar", "sports car"));
  CHECK(reaches("jack in the box", "jackinthebox"));
  CHECK(reaches("potters wheel", "potter's wheel"));
  CHECK(reaches("potters wheel", "potters' wheel"));
  CHECK(reaches("jack o'lantern", "jack olantern"));
  CHECK(!reaches("cat", "dog"));
}

TEST_CASE("for_each_spelling turns British into American spelling and back") {
  for (const auto& [british, american] :
       std::vector<std::pair<std::string, std::string>>{{"colour film", "color film"},
                                                        {"fibre", "fiber"},
                                                        {"grey fox", "gray fox"},
                                                        {"jeweller", "jeweler"},
                                                        {"catalogue", "catalog"},
                                                        {"haemoglobin", "hemoglobin"},
                                                        {"snow plough", "snow plow"},
                                                        {"sulphur", "sulfur"},
                                                        {"cheque", "check"}}) {
    CHECK(reaches(british, american));
    CHECK(reaches(american, british));
  }
}

TEST_CASE("suggest_words lists words one letter away, the most frequent first") {
  const auto words = words_of({{"poodle", 2}, {"puddle", 9}, {"paddle", 0}, {"noodle", 5}, {"goose", 1}});
  using list = std::vector<std::string>;
  CHECK(mll::detail::suggest_words(words, "pooodle") == list{"poodle"});
  CHECK(mll::detail::suggest_words(words, "podle") == list{"poodle"});
  CHECK(mll::detail::suggest_words(words, "opodle") == list{"poodle"});
  CHECK(mll::detail::suggest_words(words, "pooldl").empty());
  CHECK(mll::detail::suggest_words(words, "poodel") == list{"poodle"});
  CHECK(mll::detail::suggest_words(words, "piddle") == list{"puddle", "paddle"});
  CHECK(mll::detail::suggest_words(words, "piddle", 1) == list{"puddle"});
  CHECK(mll::detail::suggest_words(words, "loodle") == list{"noodle", "poodle"});
  CHECK(mll::detail::suggest_words(words, "elephant").empty());
}

TEST_CASE("suggest_words agrees with brute force over the lexicon") {
  const std::vector<std::string> all{"crane", "crate", "grane", "carne", "cranes",
                                     "rane",  "crann", "heron", "c rane"};
  std::vector<std::pair<std::string, std::uint32_t>> entries;
  for (const auto& word : all) entries.emplace_back(word, 0);
  const auto words = words_of(entries);
  // Damerau's distance is 1: one letter inserted, deleted or replaced, or neighbours swapped.
  const auto near = [](const std::string& a, const std::string& b) {
    if (a == b) return false;
    std::size_t start = 0;
    while (start < std::min(a.size(), b.size()) && a[start] == b[start]) ++start;
    const auto rest = [&](const std::string& s, std::size_t skip) {
      return start + skip <= s.size() ? s.substr(start + skip) : std::string{"!"};
    };
    if (rest(a, 1) == rest(b, 0) || rest(a, 0) == rest(b, 1) || rest(a, 1) == rest(b, 1)) return true;
    return start + 1 < std::min(a.size(), b.size()) && a[start] == b[start + 1] && a[start + 1] == b[start] &&
           rest(a, 2) == rest(b, 2);
  };
  for (const std::string typed : {"crane", "crame", "cranee", "arne"}) {
    std::vector<std::string> expected;
    for (const auto& word : all) {
      if (near(typed, word)) expected.push_back(word);
    }
    std::sort(expected.begin(), expected.end());
    CHECK(mll::detail::suggest_words(words, typed, 100) == expected);
  }
}

TEST_CASE("phrases beyond the limit have no other spellings, so that work does not grow with its square") {
  const auto words = words_of({{std::string(199, 'a'), 1}, {std::string(300, 'a'), 1}});
  const auto count = [](const std::string& phrase) {
    std::size_t out = 0;
    mll::detail::for_each_spelling(phrase, [&](const std::string&) { ++out; });
    return out;
  };
  CHECK(count(std::string(mll::detail::max_spelled_bytes, 'a')) > 0);
  CHECK(count(std::string(mll::detail::max_spelled_bytes + 1, 'a')) == 0);
  CHECK(count(std::string(2'000'000, 'a')) == 0);
  CHECK(mll::detail::suggest_words(words, std::string(200, 'a')).size() == 1);
  CHECK(mll::detail::suggest_words(words, std::string(299, 'a')).empty());
}

TEST_CASE("suggest_words suggests nothing for short names") {
  CHECK(mll::detail::suggest_words(words_of({{"cat", 9}}), "cut").empty());
}
