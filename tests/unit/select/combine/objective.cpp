// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/objective.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "mll/core/random.hpp"
#include "support/planted_labels.hpp"

namespace {

/// A minimal model: the margin over the strongest rival, clipped.
struct clipped_margin {
  static float no_rivals() { return -1e9F; }
  static float add_rival(float summary, float score) { return std::max(summary, score); }
  static float value(float truth, float summary) { return std::clamp(truth - summary, -1.0F, 1.0F); }
};
static_assert(mll::selection_objective<clipped_margin>);

struct without_summary {
  static float no_rivals() { return 0; }
  static float value(float truth, float summary) { return truth - summary; }
};
static_assert(!mll::selection_objective<without_summary>);
static_assert(!mll::selection_objective<int>);

template <class Objective>
float value_of(float truth, const std::vector<float>& rivals) {
  float summary = Objective::no_rivals();
  for (const float score : rivals) summary = Objective::add_rival(summary, score);
  return Objective::value(truth, summary);
}

}  // namespace

TEST_CASE("log_likelihood is the log of the softmax, for any order of the rivals") {
  mll::random_engine engine{3};
  for (int round = 0; round < 200; ++round) {
    std::vector<float> rivals(1 + engine() % 9);
    for (float& score : rivals) score = static_cast<float>(mll::test::uniform(engine, -30, 30));
    const auto truth = static_cast<float>(mll::test::uniform(engine, -30, 30));
    double top = truth;
    for (const float score : rivals) top = std::max(top, double{score});
    double sum = std::exp(double{truth} - top);
    for (const float score : rivals) sum += std::exp(double{score} - top);
    const double expected = double{truth} - top - std::log(sum);

    CHECK(value_of<mll::log_likelihood>(truth, rivals) == doctest::Approx(expected).epsilon(1e-4));
    mll::shuffle(std::span{rivals}, engine);
    CHECK(value_of<mll::log_likelihood>(truth, rivals) == doctest::Approx(expected).epsilon(1e-4));
  }
}

TEST_CASE("log_likelihood is finite for scores far apart and 0 without rivals") {
  CHECK(value_of<mll::log_likelihood>(1000, {-1000}) == 0);
  CHECK(value_of<mll::log_likelihood>(-1000, {1000}) == doctest::Approx(-2000));
  CHECK(value_of<mll::log_likelihood>(0, {0}) == doctest::Approx(-std::log(2.0)));
  CHECK(value_of<mll::log_likelihood>(-5, {}) == 0);
}

TEST_CASE("macro_accuracy counts a lead as 1, a tie as 0.5 and anything else as 0") {
  CHECK(value_of<mll::macro_accuracy>(2, {1, 1.5F, -3}) == 1.0F);
  CHECK(value_of<mll::macro_accuracy>(2, {1, 2, -3}) == 0.5F);
  CHECK(value_of<mll::macro_accuracy>(2, {1, 2.5F, -3}) == 0.0F);
  CHECK(value_of<mll::macro_accuracy>(-100, {}) == 1.0F);
}
