#include "mll/select/detail/coded_scores.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/select/detail/joint_scores.hpp"
#include "support/coded_pools.hpp"

namespace {

void check_against_floats(const mll::test::owned_coded_pool& pool, mll::random_engine& engine) {
  const auto coded = pool.view();
  const auto plain = pool.decoded();
  const mll::head_pool decoded = plain.view();
  mll::detail::coded_scores<mll::log_odds_8bit> state{coded};
  mll::detail::joint_scores<mll::log_likelihood> expected{decoded};
  const std::size_t classes = pool.candidates.size();
  for (std::size_t y = 0; y < classes; ++y) {
    state.add(y, 0);
    expected.add(y, 0);
  }
  CHECK(state.objective() == doctest::Approx(expected.objective()).epsilon(1e-5));
  for (int step = 0; step < 12; ++step) {
    const std::size_t y = engine() % classes;
    const std::size_t candidate = engine() % state.candidate_count(y);
    const std::size_t slot = engine() % state.chosen(y).size();
    auto outlook = state.look(y);
    const auto wanted = expected.look(y);
    CHECK(outlook.with(candidate) == doctest::Approx(wanted.with(candidate)).epsilon(1e-5));
    CHECK(outlook.swapped(slot, candidate) == doctest::Approx(wanted.swapped(slot, candidate)).epsilon(1e-5));
    CHECK(outlook.with(candidate) == doctest::Approx(wanted.with(candidate)).epsilon(1e-5));
    if (engine() % 2 == 0) {
      state.add(y, candidate);
      expected.add(y, candidate);
    } else {
      state.replace(y, slot, candidate);
      expected.replace(y, slot, candidate);
    }
    CHECK(state.chosen(y) == expected.chosen(y));
    CHECK(state.objective() == doctest::Approx(expected.objective()).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("the log-likelihood of coded responses is that of the responses") {
  mll::random_engine engine{41};
  for (int round = 0; round < 10; ++round)
    check_against_floats(mll::test::random_coded_pool({3, 5, 1, 4}, 5, 3, engine), engine);
}

TEST_CASE("blocks of rows make no difference") {
  mll::random_engine engine{42};
  check_against_floats(mll::test::random_coded_pool({300, 255, 256, 257, 700}, 4, 3, engine), engine);
}

TEST_CASE("a class without rows is a rival like any other") {
  mll::random_engine engine{43};
  check_against_floats(mll::test::random_coded_pool({4, 0, 6, 0}, 4, 3, engine), engine);
}

TEST_CASE("scores far apart stay finite") {
  auto pool = [] {
    mll::random_engine engine{44};
    return mll::test::random_coded_pool({5, 5}, 3, 2, engine);
  }();
  for (auto& of_class : pool.candidates) {
    for (auto& head : of_class) head.slope = 50;
  }
  const auto view = pool.view();
  mll::detail::coded_scores<mll::log_odds_8bit> state{view};
  state.add(0, 0);
  state.add(1, 1);
  auto outlook = state.look(0);
  CHECK(std::isfinite(outlook.with(2)));
  CHECK(std::isfinite(outlook.swapped(0, 1)));
}
