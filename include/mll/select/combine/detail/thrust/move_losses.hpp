// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"
#include "mll/select/combine/detail/thrust/scored_rows.hpp"

// Functors that evaluate moves; see `coded_scores` for the formula.
namespace mll::detail {

/// A class and a slot whose candidates are tried.
struct tried_slot {
  std::uint32_t y = 0;
  std::uint32_t slot = 0;
  std::uint32_t chosen = 0;       ///< heads of the class at present
  std::uint32_t heads_after = 0;  ///< and after a move
};

/// A candidate for a slot.
struct tried_head {
  search_candidate head;
  std::uint32_t slot = 0;  ///< index of the `tried_slot`
};

/// Terms of the loss of a row, `log(a + b e^l)` with l the logit of the candidate over the number of heads;
/// for a row of the class itself `log(a + b e^-l)`.
struct alignas(8) row_terms {
  float a;
  float b;
};

// Larger scores hardly change a value, but their exponentials would overflow.
inline constexpr float max_abs_score = 40;
inline constexpr float max_row_odds = 1.3e9F;  // 21 nats per row, as on the host

/// `e^l` of a candidate for a code, for element `i` of `[moves, 256]`.
struct odds_of_code {
  scored_rows state;
  const tried_head* moves = nullptr;
  const tried_slot* tried = nullptr;

  MLL_DEVICE float operator()(std::uint32_t i) const {
    const tried_head& move = moves[i / 256];
    const float logit = state.logit(move.head, static_cast<std::uint8_t>(i % 256)) /
                        static_cast<float>(tried[move.slot].heads_after);
    return std::exp(logit < -max_abs_score ? -max_abs_score : logit > max_abs_score ? max_abs_score : logit);
  }
};

/// Terms for element `i` of `[slots, rows]`.
struct terms_of_row {
  scored_rows state;
  const tried_slot* tried = nullptr;

  MLL_DEVICE row_terms operator()(std::uint32_t i) const {
    const tried_slot at = tried[i / state.rows];
    const std::uint32_t r = i % state.rows;
    const float rivals = state.rivals_without(at.y, r);
    const float others = state.sum_of(at.y, at.chosen, at.slot, r) / static_cast<float>(at.heads_after);
    if (state.target[r] == at.y) return {1, clamped_exp(rivals - others)};
    return {1 + clamped_exp(rivals - state.truth[r]), clamped_exp(others - state.truth[r])};
  }

 private:
  MLL_DEVICE static float clamped_exp(float x) { return std::exp(x < max_abs_score ? x : max_abs_score); }
};

/// Loss of every `tiles`-th row after a move, in fixed point, for element `i` of `[moves, tiles]`: neighbours
/// read neighbouring rows.
struct loss_of_tile {
  static constexpr std::uint32_t rows_per_tile = 32;

  scored_rows state;
  const tried_head* moves = nullptr;
  const tried_slot* tried = nullptr;
  const row_terms* terms = nullptr;  ///< `[slots, rows]`
  const float* odds = nullptr;       ///< `[moves, 256]`
  std::uint32_t tiles = 1;

  MLL_DEVICE std::uint64_t operator()(std::uint32_t i) const {
    const std::uint32_t m = i / tiles;
    const tried_head move = moves[m];
    const std::uint32_t y = tried[move.slot].y;
    const row_terms* const of_slot = terms + static_cast<std::size_t>(move.slot) * state.rows;
    double out = 0;
    for (std::uint32_t r = i % tiles; r < state.rows; r += tiles) {
      const float of_code = odds[static_cast<std::size_t>(m) * 256 + state.code(move.head, r)];
      const row_terms term = of_slot[r];
      const float value = term.a + term.b * (state.target[r] == y ? 1 / of_code : of_code);
      out += static_cast<double>(state.weight[r] * std::log(value < max_row_odds ? value : max_row_odds));
    }
    return exec::detail::to_fixed(out);
  }
};

struct move_of_tile {
  std::uint32_t tiles = 1;

  MLL_HOST_DEVICE std::uint32_t operator()(std::uint32_t i) const { return i / tiles; }
};

}  // namespace mll::detail
