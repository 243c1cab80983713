// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/detail/balanced_assignment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/core/random.hpp"
#include "support/planted_labels.hpp"

namespace {

// Tries every assignment.
double best_assignment(const mll::matrix<double>& gain, std::vector<std::size_t> places,
                       Eigen::Index row = 0) {
  if (row == gain.rows()) return 0;
  double best = -1e9;
  for (std::size_t y = 0; y < places.size(); ++y) {
    if (places[y] == 0) continue;
    --places[y];
    best = std::max(best, gain(row, static_cast<Eigen::Index>(y)) + best_assignment(gain, places, row + 1));
    ++places[y];
  }
  return best;
}

}  // namespace

TEST_CASE("the balanced assignment is the best of all") {
  mll::random_engine engine{3};
  for (int round = 0; round < 60; ++round) {
    const std::size_t classes = 2 + engine() % 3;
    std::vector<std::size_t> places;
    for (std::size_t y = 0; y < classes; ++y) places.push_back(engine() % 4);
    std::size_t total = 0;
    for (const std::size_t count : places) total += count;
    if (total < 2) continue;
    const auto rows = static_cast<Eigen::Index>(1 + engine() % total);
    mll::matrix<double> gain(rows, static_cast<Eigen::Index>(classes));
    for (Eigen::Index i = 0; i < gain.size(); ++i) gain.data()[i] = mll::test::uniform(engine, 0, 1);
    CHECK(mll::detail::balanced_assignment(gain, places) ==
          doctest::Approx(best_assignment(gain, places) / static_cast<double>(rows)));
  }
}

TEST_CASE("a classifier that answers one class only loses what the other places cost") {
  mll::matrix<double> gain(4, 2);
  gain << 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1;
  const std::vector<std::size_t> places{2, 2};
  CHECK(mll::detail::balanced_assignment(gain, places) == doctest::Approx(0.5));
}
