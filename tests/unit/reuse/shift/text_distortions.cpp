// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/text_distortions.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>

#include "mll/core/text/utf8.hpp"

TEST_CASE("distortions of texts change words, and leave UTF-8 valid") {
  const std::string text = "A Large na\xC3\xAFve bird with Feathers, \xE9\xB3\xA5, seen near caf\xC3\xA9s";
  std::set<std::string> names;
  for (const auto& one : mll::text_distortions()) {
    CAPTURE(one.name);
    CHECK(names.insert(one.name).second);
    CHECK(one.apply(text, 7) == one.apply(text, 7));
    CHECK(one.apply(text, 7) != text);
  }
  for (const auto& one : mll::text_distortions()) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) CHECK(mll::is_valid_utf8(one.apply(text, seed)));
    CHECK(one.apply("", 1).empty());
    CHECK(!one.apply("word", 3).empty());
  }
}
