// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/lazy_gains.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace {

using mll::detail::lazy_gains;

std::vector<std::size_t> stale(lazy_gains& gains, double min_gain) {
  std::vector<lazy_gains::entry> found;
  gains.list_stale(7, min_gain, found);
  std::vector<std::size_t> out;
  for (const auto& one : found) {
    CHECK(one.y == 7);
    out.push_back(one.i);
  }
  return out;
}

}  // namespace

TEST_CASE("lazy_gains lists the stale moves whose upper bound is high enough") {
  using list = std::vector<std::size_t>;
  lazy_gains gains;
  CHECK(!gains.is_valid());
  gains.reset({{7, 1, 0}, {7, 1, 2}, {7, 1, 5}});
  CHECK(gains.is_valid());
  CHECK(stale(gains, 1e9) == list{0, 1, 2});
  gains.record(0, 0.5);
  gains.record(2, 0.25);
  CHECK(stale(gains, 0.1) == list{1});
  gains.record(1, 0.5);
  CHECK(stale(gains, 0).empty());
  // The first of equal gains is the best, in any order of evaluation.
  CHECK(gains.best().gain == 0.5);
  CHECK(gains.best().move.candidate == 0);

  gains.loosen_bounds(0.125);
  CHECK(gains.best().gain < 0);
  CHECK(stale(gains, 0.7).empty());
  CHECK(stale(gains, 0.625) == list{0, 1});
  CHECK(stale(gains, 0.375) == list{0, 1, 2});
  gains.record(0, -1);
  CHECK(gains.best().gain == -1);
  CHECK(stale(gains, 0.625) == list{1});
  gains.loosen_bounds(0.125);
  CHECK(stale(gains, 0.75) == list{1});
  CHECK(stale(gains, 0.5) == list{1, 2});
  CHECK(stale(gains, -0.875) == list{0, 1, 2});
}

TEST_CASE("lazy_gains of a class without moves lists nothing") {
  lazy_gains gains;
  gains.reset({});
  CHECK(gains.is_valid());
  CHECK(stale(gains, -1e9).empty());
  CHECK(gains.best().gain < -1e9);
}
