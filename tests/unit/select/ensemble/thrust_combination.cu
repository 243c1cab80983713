// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/detail/thrust_combination.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "mll/exec/detail/thrust_device.cuh"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(thrust_combination_is_the_same, "combination by Thrust on a device agrees with the host") {
  const mll::exec::detail::thrust_device grid{mll::exec::cuda{}};
  std::mt19937_64 engine{1};
  const auto value = [&] { return static_cast<float>(static_cast<double>(engine() >> 11U) * 0x1p-52 - 1); };
  const auto values = [&](std::size_t count) {
    std::vector<float> out(count);
    for (float& x : out) x = value();
    return out;
  };
  constexpr std::size_t samples = 1001;
  for (const auto scale :
       {mll::vote_scale::log_odds, mll::vote_scale::log_probability, mll::vote_scale::probability}) {
    for (const bool is_corrected : {false, true}) {
      mll::detail::ensemble_parts parts;
      parts.heads = 30;
      parts.classes = 11;
      parts.scale = scale;
      parts.temperature = 1.5F;
      parts.probability_floor = 0.003F;
      parts.first_vote = {0};
      for (std::size_t y = 0; y < parts.classes; ++y) {
        for (std::size_t v = 0; v < y % 4; ++v) {
          parts.votes.push_back({.head = static_cast<std::uint32_t>(engine() % parts.heads),
                                 .weight = 1.0F / static_cast<float>(y % 4),
                                 .slope = 1 + value() / 2,
                                 .intercept = value() / 2});
        }
        parts.first_vote.push_back(static_cast<std::uint32_t>(parts.votes.size()));
      }
      if (is_corrected) {
        parts.dim = 8;
        parts.mean = values(parts.heads);
        parts.inverse_scale = values(parts.heads);
        parts.weights = values((parts.heads + parts.dim) * parts.classes);
        parts.bias = values(parts.classes);
        parts.strength = 0.75F;
      }
      auto log_odds = values(parts.heads * samples);
      for (float& x : log_odds) x *= 12;
      const auto embeddings = values(parts.dim * samples);
      const auto expected = mll::test::combine_by_thrust(parts, log_odds, embeddings, samples);
      mll::detail::thrust_combination combination{grid, parts, 300};
      const auto found = combination.run(log_odds, embeddings, samples, false);
      MLL_DEVICE_CHECK(found.size() == expected.size());
      std::size_t close = 0;
      for (std::size_t i = 0; i < found.size() && i < expected.size(); ++i)
        close += std::abs(found[i] - expected[i]) < 1e-5F * (1 + std::abs(expected[i])) ? 1 : 0;
      MLL_DEVICE_CHECK(close == expected.size());
      MLL_DEVICE_CHECK(found == combination.run(log_odds, embeddings, samples, false));  // reproducible
    }
  }
}
