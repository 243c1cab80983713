// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <vector>

TEST_CASE("the engine is the 64-bit Mersenne twister of the C++ standard") {
  mll::random_engine engine;  // default seed 5489: the standard gives the 10000th number
  engine.discard(9999);
  CHECK(engine() == 9981545732273789042ULL);
}

TEST_CASE("derive_seed is splitmix64") {
  // First numbers of the published generator from state 0.
  CHECK(mll::derive_seed(0, 0) == 0xe220a8397b1dcdafULL);
  CHECK(mll::derive_seed(0, 1) == 0x6e789e6aa1b965f4ULL);
  CHECK(mll::derive_seed(0, 2) == 0x06c45d188009454fULL);
}

TEST_CASE("streams of one seed differ") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (std::uint64_t stream = 0; stream < 30; ++stream) seen.insert(mll::derive_seed(seed, stream));
  }
  CHECK(seen.size() == 900);
}

TEST_CASE("stable_hash is FNV-1a, mixed") {
  // Published FNV-1a values of these strings.
  CHECK(mll::stable_hash("") == mll::derive_seed(0xcbf29ce484222325ULL, 0));
  CHECK(mll::stable_hash("a") == mll::derive_seed(0xaf63dc4c8601ec8cULL, 0));
  CHECK(mll::stable_hash("foobar", 7) == mll::derive_seed(0x85944171f73967e8ULL, 7));
  CHECK(mll::stable_hash("foobar", 7) != mll::stable_hash("foobar", 8));
  CHECK(mll::stable_hash("\xc3\xa4") !=
        mll::stable_hash("\x43\x24"));  // bytes above 127 are hashed as unsigned
}

TEST_CASE("shuffle draws every permutation equally often") {
  mll::random_engine engine{7};
  std::array<int, 6> count{};
  constexpr int runs = 6000;
  for (int run = 0; run < runs; ++run) {
    std::array values{0, 1, 2};
    mll::shuffle(std::span<int>{values}, engine);
    std::array sorted = values;
    std::sort(sorted.begin(), sorted.end());
    REQUIRE(sorted == std::array{0, 1, 2});
    ++count[static_cast<std::size_t>(values[0] * 2 + (values[1] > values[2] ? 1 : 0))];
  }
  // Six cells with expectation 1000 and standard deviation 29.
  for (const int n : count) CHECK(std::abs(n - runs / 6) < 150);
}

TEST_CASE("a seed gives the same order everywhere") {  // recorded: a change of platform or library must
                                                       // not go unnoticed
  std::array<int, 10> values{};
  std::iota(values.begin(), values.end(), 0);
  mll::random_engine engine{42};
  mll::shuffle(std::span<int>{values}, engine);
  CHECK(values == std::array{3, 4, 1, 2, 9, 8, 0, 6, 5, 7});
}
