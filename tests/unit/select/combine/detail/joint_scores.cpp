// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/joint_scores.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/head_pools.hpp"

namespace {

template <class Objective, class Oracle>
void check_against(const Oracle& from_scratch, double tolerance) {
  mll::random_engine engine{21};
  for (int round = 0; round < 10; ++round) {
    const auto pool = mll::test::random_pool({3, 5, 1, 4}, {4, 3, 5, 2}, 3, 1, engine);
    const mll::logit_pool view = pool.view();
    mll::detail::joint_scores<Objective> state{view};
    std::vector<std::vector<std::size_t>> chosen(4);
    for (std::size_t y = 0; y < 4; ++y) {
      state.add(y, 0);
      chosen[y].push_back(0);
    }
    CHECK(state.objective() == doctest::Approx(from_scratch(pool, chosen)).epsilon(tolerance));
    for (int step = 0; step < 12; ++step) {
      const std::size_t y = engine() % 4;
      const std::size_t candidate = engine() % static_cast<std::size_t>(pool.logits[y].cols());
      const auto trial = state.try_class(y);

      auto added = chosen;
      added[y].push_back(candidate);
      CHECK(trial.with_added(candidate) == doctest::Approx(from_scratch(pool, added)).epsilon(tolerance));
      const std::size_t slot = engine() % chosen[y].size();
      auto swapped = chosen;
      swapped[y][slot] = candidate;
      CHECK(trial.with_swapped(slot, candidate) ==
            doctest::Approx(from_scratch(pool, swapped)).epsilon(tolerance));

      if (engine() % 2 == 0) {
        state.add(y, candidate);
        chosen = added;
      } else {
        state.replace(y, slot, candidate);
        chosen = swapped;
      }
      CHECK(state.chosen(y) == chosen[y]);
      CHECK(state.objective() == doctest::Approx(from_scratch(pool, chosen)).epsilon(tolerance));
    }
  }
}

}  // namespace

TEST_CASE("joint_scores: the log-likelihood of a changed choice equals that from scratch") {
  check_against<mll::log_likelihood>(mll::test::log_likelihood_of, 1e-5);
}

TEST_CASE("joint_scores: the macro accuracy of a changed choice equals that from scratch") {
  check_against<mll::macro_accuracy>(mll::test::lead_of, 1e-5);
}

TEST_CASE("joint_scores: a swap and its reverse cancel exactly") {
  mll::random_engine engine{22};
  const auto pool = mll::test::random_pool({6, 6}, {5, 5}, 3, 1, engine);
  const mll::logit_pool view = pool.view();
  mll::detail::joint_scores<mll::log_likelihood> state{view};
  state.add(0, 1);
  state.add(1, 0);
  state.add(0, 4);
  const double before = state.objective();
  for (int i = 0; i < 100; ++i) {
    state.replace(0, 0, 3);
    state.replace(0, 0, 1);
  }
  CHECK(state.objective() == before);
}
