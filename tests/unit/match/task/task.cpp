// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/task/task.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

void refuses(std::vector<mll::task_class> classes, const char* message) {
  CHECK_THROWS_WITH_AS((void)mll::task{std::move(classes)}, message, mll::invalid_argument);
}

}  // namespace

TEST_CASE("a task keeps its classes in order") {
  const mll::task bare{{"tabby cat"}, {"crane", "a tall wading bird"}};
  REQUIRE(bare.size() == 2);
  CHECK(bare[mll::class_id{0}].name == "tabby cat");
  CHECK(mll::task{{"Tabby_Cat"}, {"crane"}}.normal_name(mll::class_id{0}) == "tabby cat");
  CHECK(bare[mll::class_id{0}].caption.empty());
  CHECK(bare[mll::class_id{1}].caption == "a tall wading bird");
  CHECK(bare.classes()[1].name == "crane");

  const std::vector<std::string> names{"naïve café", "猫"};
  const mll::task named = mll::task::of_names(names);
  CHECK(named[mll::class_id{1}].name == "猫");
}

TEST_CASE("a task needs two classes") {
  refuses({}, "classes: expected at least 2 classes to tell apart, found 0");
  refuses({{"cat", ""}}, "classes: expected at least 2 classes to tell apart, found 1");
  CHECK_THROWS_AS((void)mll::task::of_names({}), mll::invalid_argument);
}

TEST_CASE("class names must differ in more than case, underscores and hyphens") {
  refuses({{"cat", ""}, {"dog", ""}, {"cat", ""}},
          "classes: expected different names, found 'cat' again at position 2");
  refuses({{"Tabby cat", ""}, {"tabby_CAT", ""}},
          "classes: expected different names, found 'tabby_CAT' again at position 1");
  refuses({{"tabby-cat", ""}, {" tabby  cat ", ""}},
          "classes: expected different names, found ' tabby  cat ' again at position 1");
  CHECK_NOTHROW(mll::task{{"tabby cat"}, {"tabbycat"}});
}

TEST_CASE("every class needs a name") {
  refuses({{"cat", ""}, {"", "a caption is not enough"}},
          "classes: expected a name for every class, found an empty one at position 1");
  refuses({{" _ - ", ""}, {"cat", ""}},
          "classes: expected a name for every class, found an empty one at position 0");
}

TEST_CASE("class names have a maximum length") {
  const std::string longest(mll::task::max_name_bytes, 'a');
  CHECK_NOTHROW(mll::task{{longest}, {"cat"}});
  refuses({{"cat", ""}, {longest + "a", ""}},
          "classes: expected names of at most 1000 bytes, found 1001 bytes at position 1");
}

TEST_CASE("names and captions must be UTF-8") {
  refuses({{"cat", ""}, {"caf\xe9", ""}},
          "classes: expected names and captions in UTF-8, found other bytes at position 1");
  refuses({{"cat", "\xc3\x28"}, {"dog", ""}},
          "classes: expected names and captions in UTF-8, found other bytes at position 0");
}
