// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/label_basis.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mll;

TEST_CASE("a basis changes with the labels, and is empty for incomplete ones") {
  using names = std::vector<std::string>;
  const auto with = [](std::int64_t revision, const std::string& fingerprint, std::int64_t rewritten,
                       std::uint32_t id = 3) {
    label_basis out{revision};
    out.add({.id = model_id{id}, .name = "a"}, fingerprint, rewritten);
    out.add({.id = model_id{7}, .name = "b"}, "1", 0);
    return out;
  };
  const auto basis = with(5, "f", 0);
  CHECK(basis.of(names{"a"}) == with(5, "f", 0).of(names{"a"}));
  CHECK(basis.of(names{"a"}) != with(6, "f", 0).of(names{"a"}));
  CHECK(basis.of(names{"a"}) != with(5, "g", 0).of(names{"a"}));
  CHECK(basis.of(names{"a"}) != with(5, "f", 1).of(names{"a"}));
  CHECK(basis.of(names{"a"}) != with(5, "f", 0, 4).of(names{"a"}));
  CHECK(basis.of(names{"b"}) == with(5, "g", 1).of(names{"b"}));  // the other model does not matter
  CHECK(basis.of(names{"a", "b"}) != basis.of(names{"a"}));
  CHECK(basis.of(names{"a", "c"}).empty());
  CHECK(basis.of_all() == with(5, "f", 0).of_all());
  CHECK(basis.of_all() != with(5, "g", 0).of_all());
  auto more = with(5, "f", 0);
  more.add({.id = model_id{8}, .name = "c"}, "1", 0);
  CHECK(basis.of_all() != more.of_all());
}
