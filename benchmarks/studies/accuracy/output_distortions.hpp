// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kit.hpp"
#include "mll/core/numerics.hpp"
#include "mll/reuse/shift/distortion.hpp"
#include "mll/reuse/shift/vector_distortions.hpp"

namespace accuracy {

/// Distortions of samples of which only the outputs of the experts are at hand: noise of three strengths on
/// the log-odds of all heads, relative to their standard deviation, and on the embedding. Scores of an expert
/// that summed to 1 do so again.
/// @param[in] widths heads of each expert, in the order of the columns
/// @param[in] dim    of the embedding; 0 without a general model
inline std::vector<mll::distortion<cached_sample>> output_distortions(std::vector<std::size_t> widths,
                                                                      std::size_t dim) {
  struct outputs {
    std::vector<float> scores;
    std::vector<float> embedding;
  };
  struct memory {  // what distorted samples point to
    std::mutex access;
    std::unordered_map<std::uint64_t, std::unique_ptr<outputs>> of_seed;
  };
  std::size_t heads = 0;
  for (const std::size_t width : widths) heads += width;
  std::vector<mll::distortion<cached_sample>> out;
  for (auto& noise : mll::vector_distortions()) {
    if (noise.name.find("noise") == std::string::npos) continue;
    const auto change = [apply = std::move(noise.apply), widths, heads, dim,
                         kept = std::make_shared<memory>()](const cached_sample& from, std::uint64_t seed) {
      const std::lock_guard lock{kept->access};
      auto& made = kept->of_seed[seed];
      if (made == nullptr) {
        made = std::make_unique<outputs>();
        made->scores.assign(from.scores, from.scores + heads);
        for (float& p : made->scores) p = mll::numerics::logit(p);
        made->scores = apply(made->scores, seed);
        std::size_t first = 0;
        for (const std::size_t width : widths) {
          const std::span<float> own{made->scores.data() + first, width};
          float before = 0;
          float after = 0;
          for (std::size_t h = 0; h < width; ++h) {
            own[h] = mll::numerics::sigmoid(own[h]);
            before += from.scores[first + h];
            after += own[h];
          }
          if (std::abs(before - 1) < 0.02F) {
            for (float& p : own) p /= after;
          }
          first += width;
        }
        if (dim != 0) made->embedding = apply({from.embedding, from.embedding + dim}, seed + 1);
      }
      return cached_sample{made->scores.data(), dim == 0 ? nullptr : made->embedding.data()};
    };
    out.push_back({noise.name, change});
  }
  return out;
}

}  // namespace accuracy
