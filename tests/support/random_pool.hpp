// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A pool of coded responses for tests on a device, made with the standard library alone.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "mll/label/responses/response_codec.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll::test {

// Heads with random bias towards their class.
struct random_pool {
  random_pool(std::size_t classes, std::size_t samples, std::size_t heads, std::uint64_t seed) {
    std::mt19937_64 engine{seed};
    const auto uniform = [&] { return static_cast<double>(engine() >> 11U) * 0x1p-53; };
    for (std::size_t y = 0; y < classes; ++y) {
      for (std::size_t i = 0; i < samples; ++i)
        rows.push_back({rows.size(), class_id{y}, 1.0F / static_cast<float>(samples)});
    }
    codes.resize(classes * heads);
    view.rows = rows;
    for (std::size_t y = 0; y < classes; ++y) {
      auto& candidates = view.candidates.emplace_back();
      for (std::size_t c = 0; c < heads; ++c) {
        auto& responses = codes[y * heads + c];
        const double lean = 2 * uniform();
        for (const auto& row : rows) {
          const double x = (row.target.index() == y ? lean : -lean) + 6 * uniform() - 3;
          responses.push_back(log_odds_8bit::encode(static_cast<float>(1 / (1 + std::exp(-x)))));
        }
        candidates.push_back(
            {responses.data(), static_cast<float>(0.3 + uniform()), static_cast<float>(uniform() - 0.5)});
      }
    }
  }

  std::vector<example> rows;
  std::vector<std::vector<std::uint8_t>> codes;
  head_pool view;
};

}  // namespace mll::test
