// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/methods/selection_budget.hpp"

#include <doctest/doctest.h>

#include <variant>

TEST_CASE("a budget limits heads or experts, or is unlimited") {
  const mll::selection_budget standard{};
  REQUIRE(std::holds_alternative<mll::heads_per_class>(standard));
  CHECK(std::get<mll::heads_per_class>(standard).count == 3);
  const mll::selection_budget of_experts = mll::experts{7};
  CHECK(std::get<mll::experts>(of_experts).count == 7);
  CHECK(std::holds_alternative<mll::all_experts>(mll::selection_budget{mll::all_experts{}}));
}
