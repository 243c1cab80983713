// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Pools of heads with coded responses for the tests of the search strategies.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/select/combine/head_pool.hpp"
#include "support/head_pools.hpp"

namespace mll::test {

/// A coded pool together with what it refers to.
struct owned_coded_pool {
  struct candidate {
    std::vector<std::uint8_t> codes;
    float slope = 1;
    float intercept = 0;
  };
  std::vector<example> rows;
  std::vector<std::vector<candidate>> candidates;
  std::size_t heads_per_class = 3;

  [[nodiscard]] head_pool view() const {
    head_pool out;
    out.rows = rows;
    out.heads_per_class = heads_per_class;
    for (const auto& of_class : candidates) {
      auto& to = out.candidates.emplace_back();
      for (const auto& head : of_class) to.push_back({head.codes.data(), head.slope, head.intercept});
    }
    return out;
  }

  /// The same with logits.
  [[nodiscard]] owned_pool decoded() const {
    owned_pool out{rows, {}, heads_per_class};
    for (const auto& of_class : candidates) {
      Eigen::ArrayXXf logits(static_cast<Eigen::Index>(rows.size()),
                             static_cast<Eigen::Index>(of_class.size()));
      for (std::size_t c = 0; c < of_class.size(); ++c) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
          logits(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c)) =
              of_class[c].slope * log_odds_8bit::log_odds(of_class[c].codes[i]) + of_class[c].intercept;
        }
      }
      out.logits.push_back(std::move(logits));
    }
    return out;
  }
};

/// Heads that lean towards the truth, more or less.
inline owned_coded_pool random_coded_pool(const std::vector<std::size_t>& counts, std::size_t candidates,
                                          std::size_t heads_per_class, random_engine& engine) {
  owned_coded_pool out{rows_of(counts), {}, heads_per_class};
  for (std::size_t y = 0; y < counts.size(); ++y) {
    auto& of_class = out.candidates.emplace_back();
    for (std::size_t c = 0; c < candidates; ++c) {
      auto& head = of_class.emplace_back();
      head.slope = static_cast<float>(uniform(engine, 0.3, 1.5));
      head.intercept = static_cast<float>(uniform(engine, -1, 1));
      const double lean = uniform(engine, 0, 2);
      for (const auto& row : out.rows) {
        const double x = (row.target.index() == y ? lean : -lean) + uniform(engine, -3, 3);
        head.codes.push_back(log_odds_8bit::encode(static_cast<float>(1 / (1 + std::exp(-x)))));
      }
    }
  }
  return out;
}

}  // namespace mll::test
