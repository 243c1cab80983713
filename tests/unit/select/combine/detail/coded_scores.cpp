// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/coded_scores.hpp"

#include <doctest/doctest.h>

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/combine/detail/head_move.hpp"
#include "mll/select/combine/detail/joint_scores.hpp"
#include "support/backends.hpp"
#include "support/coded_pools.hpp"

namespace {

void check_against_floats(const mll::test::owned_coded_pool& pool, mll::random_engine& engine) {
  const auto coded = pool.view();
  const auto plain = pool.decoded();
  const mll::logit_pool decoded = plain.view();
  const mll::exec::sequential here;
  mll::detail::coded_scores<mll::log_odds_8bit> state{here, coded};
  mll::detail::joint_scores<mll::log_likelihood> expected{here, decoded};
  const std::size_t classes = pool.candidates.size();
  CHECK(state.objective() == doctest::Approx(expected.objective()).epsilon(1e-5));
  for (int step = 0; step < 12; ++step) {
    // Consecutive moves share class and slot, the class only, or neither.
    std::vector<mll::detail::head_move> moves;
    for (int i = 0; i < 8; ++i) {
      const std::size_t y = i % 3 == 0 ? engine() % classes : moves.back().y;
      const std::size_t slot = i % 3 == 2 ? moves.back().slot : engine() % (state.chosen(y).size() + 1);
      moves.push_back({y, slot, engine() % state.candidate_count(y)});
    }
    const std::vector<double> found = state.after(here, moves);
    const std::vector<double> wanted = expected.after(here, moves);
    REQUIRE(found.size() == moves.size());
    for (std::size_t i = 0; i < moves.size(); ++i)
      CHECK(found[i] == doctest::Approx(wanted[i]).epsilon(1e-5));
    state.apply(here, moves.front());
    expected.apply(here, moves.front());
    CHECK(state.chosen(moves.front().y) == expected.chosen(moves.front().y));
    CHECK(state.objective() == doctest::Approx(expected.objective()).epsilon(1e-5));
    CHECK(state.objective() == doctest::Approx(wanted.front()).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("coded_scores: the log-likelihood of coded responses is that of the decoded ones") {
  mll::random_engine engine{41};
  for (int round = 0; round < 10; ++round)
    check_against_floats(mll::test::random_coded_pool({3, 5, 1, 4}, 5, 3, engine), engine);
}

TEST_CASE("coded_scores: the result does not depend on block boundaries") {
  mll::random_engine engine{42};
  check_against_floats(mll::test::random_coded_pool({300, 255, 256, 257, 700}, 4, 3, engine), engine);
}

TEST_CASE("coded_scores: drift is the change of the log-sum-exp times the probability of the class") {
  mll::random_engine engine{46};
  const auto pool = mll::test::random_coded_pool({40, 70, 30, 600}, 3, 2, engine);
  const auto view = pool.view();
  const auto plain = pool.decoded();
  const mll::exec::sequential here;
  mll::detail::coded_scores<mll::log_odds_8bit> state{here, view};
  state.apply(here, {2, 0, 1});
  const std::vector<float> found = state.drift();
  Eigen::MatrixXd confusion = Eigen::MatrixXd::Zero(4, 4);
  Eigen::VectorXd moved = Eigen::VectorXd::Zero(4);
  for (std::size_t i = 0; i < pool.rows.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const auto target = static_cast<Eigen::Index>(pool.rows[i].target.index());
    const double weight = static_cast<double>(pool.rows[i].weight);
    Eigen::ArrayXd before(4);
    for (Eigen::Index y = 0; y < 4; ++y)
      before[y] = static_cast<double>(plain.logits[static_cast<std::size_t>(y)](row, 0));
    Eigen::ArrayXd after = before;
    after[2] = static_cast<double>(plain.logits[2](row, 1));
    moved[target] += weight * std::abs(std::log(after.exp().sum() / before.exp().sum()));
    confusion.row(target) += (weight * before.exp() / before.exp().sum()).matrix();
    confusion(target, 2) +=
        weight * (std::exp(after[2]) / after.exp().sum() - std::exp(before[2]) / before.exp().sum());
  }
  const Eigen::VectorXd expected = confusion.transpose() * moved;
  for (Eigen::Index y = 0; y < 4; ++y)
    CHECK(static_cast<double>(found[static_cast<std::size_t>(y)]) ==
          doctest::Approx(expected[y]).epsilon(1e-4));
}

TEST_CASE("coded_scores: a class without rows is a rival like any other") {
  mll::random_engine engine{43};
  check_against_floats(mll::test::random_coded_pool({4, 0, 6, 0}, 4, 3, engine), engine);
}

TEST_CASE("coded_scores: scores far apart stay finite") {
  auto pool = [] {
    mll::random_engine engine{44};
    return mll::test::random_coded_pool({5, 5}, 3, 2, engine);
  }();
  for (auto& of_class : pool.candidates) {
    for (auto& head : of_class) head.slope = 50;
  }
  const auto view = pool.view();
  const mll::exec::sequential here;
  mll::detail::coded_scores<mll::log_odds_8bit> state{here, view};
  CHECK(std::isfinite(state.objective()));
  const std::vector<mll::detail::head_move> moves{{0, 0, 1}, {0, 1, 2}, {1, 0, 2}, {1, 1, 1}};
  for (const double value : state.after(here, moves)) CHECK(std::isfinite(value));
  for (const mll::detail::head_move& move : moves) {
    state.apply(here, move);
    CHECK(std::isfinite(state.objective()));
    for (const float value : state.drift()) CHECK(std::isfinite(value));
  }
}

TEST_CASE("coded_scores: values are bit-identical on every backend") {
  mll::random_engine engine{45};
  const auto pool = mll::test::random_coded_pool({700, 300, 900}, 4, 3, engine);
  const auto view = pool.view();
  const std::vector<mll::detail::head_move> moves{{0, 0, 1}, {0, 1, 2}, {1, 0, 2}, {2, 1, 1}};
  mll::detail::coded_scores<mll::log_odds_8bit> one{mll::exec::sequential{}, view};
  const auto check = [&](const auto& backend) {
    mll::detail::coded_scores<mll::log_odds_8bit> other{backend, view};
    CHECK(other.after(backend, moves) == one.after(mll::exec::sequential{}, moves));
    other.apply(backend, moves[1]);
    mll::detail::coded_scores<mll::log_odds_8bit> same{mll::exec::sequential{}, view};
    same.apply(mll::exec::sequential{}, moves[1]);
    CHECK(other.objective() == same.objective());
    CHECK(other.drift() == same.drift());
  };
  check(mll::exec::sequential{});
#if MLL_TEST_OMP
  check(mll::exec::omp{2});
#endif
#if MLL_TEST_TBB
  check(mll::exec::tbb{2});
  check(mll::exec::tbb{3});
#endif
}
