// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/visible_text.hpp"

#include <doctest/doctest.h>

TEST_CASE("visible_text spells out what cannot be seen and keeps the rest") {
  using mll::detail::visible_text;
  CHECK(visible_text("").empty());
  CHECK(visible_text("a b, 'c' \xC3\xA4 \xF0\x9F\x90\xB6") == "a b, 'c' \xC3\xA4 \xF0\x9F\x90\xB6");
  CHECK(visible_text("\ta\r\n") == "\\ta\\r\\n");
  CHECK(visible_text(std::string_view{"\0\x1B\x7F", 3}) == "\\x00\\x1B\\x7F");
  CHECK(visible_text("\xEF\xBB\xBFx\xC2\xA0y\xC2\x85") == "U+FEFFxU+00A0yU+0085");
  CHECK(visible_text("\xF3\xA0\x80\x81") == "U+E0001");
  CHECK(visible_text("p\xE9") == "p\\xE9");
}
