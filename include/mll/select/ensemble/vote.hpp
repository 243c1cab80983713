// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace mll {

/// The scale on which votes are added.
enum class vote_scale {
  log_odds,         ///< log(p / (1 - p))
  log_probability,  ///< log(p + 0.003): small probabilities differ, within a bound
  probability,      ///< p; the class score is the logarithm of the sum
};

/// The contribution of one head to the score of one class.
struct vote {
  std::uint32_t head = 0;  ///< position in `ensemble::heads`
  float weight = 1;        ///< not negative; the weights of a class sum to 1
  float slope = 1;         ///< factor of the response on the vote scale
  float intercept = 0;     ///< added to it
  float gain = 0;          ///< increase of the objective when the vote was added; 0 if not measured
};

}  // namespace mll
