// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/label/responses/response_codec.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll {

/// A `head_pool` with decoded responses, for objectives and searches that do not use codes. Takes four times
/// the memory.
///
/// A view: the rows must outlive it.
struct logit_pool {
  std::vector<Eigen::ArrayXXf> logits;  ///< per class `[rows, candidates]`, best candidate first, at least 1
  std::span<const example> rows;        ///< by increasing class
  std::size_t heads_per_class = 3;      ///< maximum to choose, at least 1

  /// Decodes and calibrates the responses of a pool.
  /// Complexity: O(rows candidates).
  template <class Codec = log_odds_8bit>
  [[nodiscard]] static logit_pool of(const head_pool& pool) {
    logit_pool out{{}, pool.rows, pool.heads_per_class};
    for (const auto& candidates : pool.candidates) {
      auto& logits = out.logits.emplace_back(static_cast<Eigen::Index>(pool.rows.size()),
                                             static_cast<Eigen::Index>(candidates.size()));
      float* to = logits.data();
      for (const head_pool::candidate& head : candidates) {
        for (std::size_t i = 0; i < pool.rows.size(); ++i)
          *to++ = head.slope * Codec::log_odds(head.codes[i]) + head.intercept;
      }
    }
    return out;
  }
};

}  // namespace mll
