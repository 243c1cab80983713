// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/label/responses/response_codec.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll {

/// What a search chooses from, as `head_pool`, with the responses as they were stored: a quarter of the
/// memory, and a function of a response is a table of 256.
///
/// A view: the responses and rows must outlive it.
///
/// @tparam Codec an 8-bit `response_codec`
template <response_codec Codec = log_odds_8bit>
struct coded_head_pool {
  using codec_type = Codec;

  /// A head, calibrated for a class: its logit is `slope log_odds(code) + intercept`.
  struct candidate {
    const std::uint8_t* codes = nullptr;  ///< `[rows]`
    float slope = 1;
    float intercept = 0;
  };

  std::vector<std::vector<candidate>> candidates;  ///< per class, best first, at least one
  std::span<const example> rows;                   ///< by increasing class
  std::size_t heads_per_class = 3;                 ///< at most so many are chosen for a class, at least 1
};

}  // namespace mll
