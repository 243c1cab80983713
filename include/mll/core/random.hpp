// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace mll {

/// The random engine of the library. Boost's engines and distributions give the same numbers for a seed with
/// every compiler and standard library; the distributions of `<random>` do not.
using random_engine = boost::random::mt19937_64;

/// The seed of an independent stream: mixes `seed` with the number of the stream (splitmix64, Vigna 2015).
[[nodiscard]] constexpr std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream) noexcept {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15ULL * (stream + 1);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

/// A 64-bit hash of a string, the same on every platform (FNV-1a, finished by `derive_seed`).
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return derive_seed(hash, seed);
}

/// Shuffles the values (Fisher-Yates). Complexity: linear.
template <class T>
void shuffle(std::span<T> values, random_engine& engine) {
  for (std::size_t i = values.size(); i > 1; --i) {
    const auto j = boost::random::uniform_int_distribution<std::size_t>{0, i - 1}(engine);
    std::swap(values[i - 1], values[j]);
  }
}

}  // namespace mll
