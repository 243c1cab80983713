// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/roc_area.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/core/random.hpp"

namespace {

/// Scores on a coarse grid, so that there are ties.
std::vector<double> coarse_scores(mll::random_engine& engine, std::size_t count) {
  std::vector<double> out(count);
  for (double& score : out) score = static_cast<double>(engine() % 6) / 4 - 0.5;
  return out;
}

}  // namespace

TEST_CASE("the area under the ROC curve is the share of pairs in order, ties counting half") {
  mll::random_engine engine{11};
  for (std::size_t round = 0; round < 40; ++round) {
    const auto positives = coarse_scores(engine, 1 + round % 7);
    const auto negatives = coarse_scores(engine, 1 + round % 5);
    double ordered = 0;
    for (const double a : positives) {
      for (const double b : negatives) ordered += a > b ? 1 : a == b ? 0.5 : 0;
    }
    CHECK(mll::detail::roc_area_of(positives, negatives) ==
          ordered / static_cast<double>(positives.size() * negatives.size()));
  }
}

TEST_CASE("the area under the ROC curve of an order, of its reverse, of ties alone and of an empty side") {
  using mll::detail::roc_area_of;
  const std::vector<double> low{-1, 0};
  const std::vector<double> high{2, 0.5};
  CHECK(roc_area_of(high, low) == 1);
  CHECK(roc_area_of(low, high) == 0);
  CHECK(roc_area_of(low, low) == 0.5);
  CHECK(std::isnan(roc_area_of({}, low)));
  CHECK(std::isnan(roc_area_of(low, {})));
  CHECK(mll::detail::roc_area{}.value() == 0.5);
}

TEST_CASE("weights count like repeated examples") {
  mll::detail::roc_area weighted;
  weighted.add(0, 3);
  weighted.add(2, 1);
  weighted.add(1, 0);
  CHECK(weighted.ordered() == 11);  // 2 (3 + 1/2) + 4
  const std::vector<double> positives{1, 1, 2};
  const std::vector<double> negatives{0, 0, 0, 1};
  CHECK(weighted.value() == mll::detail::roc_area_of(positives, negatives));
}
