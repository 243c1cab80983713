// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/elementwise.hpp"

namespace mll::numerics {

/// Added to a probability before its logarithm is taken: small probabilities differ, within a bound.
inline constexpr float probability_floor = 0.003F;

/// Replaces log-odds by probabilities, `1 / (1 + exp(-x))`.
MLL_LOCAL void to_probability(std::span<float> log_odds) {
  for (float& x : log_odds) x = -x;
  detail::exp_in_place(log_odds);
  for (float& x : log_odds) x = 1 / (1 + x);
}

/// Replaces log-odds by `log(p + probability_floor)`.
MLL_LOCAL void to_log_probability(std::span<float> log_odds) {
  to_probability(log_odds);
  for (float& p : log_odds) p += probability_floor;
  detail::log_in_place(log_odds);
}

}  // namespace mll::numerics
