// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/elementwise.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/select/combine/detail/head_move.hpp"
#include "mll/select/combine/detail/odds_tree.hpp"
#include "mll/select/combine/detail/packed_rows.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll::detail {

/// The blocks of rows of `coded_scores` where all of them are in this memory.
struct local_blocks {
  /// The blocks that are here, of all of them.
  [[nodiscard]] packed_rows::range range(std::size_t count) const noexcept { return {0, count}; }
  /// The responses of a pool to the rows of these blocks.
  [[nodiscard]] packed_codes codes(exec::backend_ref backend, const packed_rows& rows,
                                   const head_pool& pool) const {
    return {backend, rows, pool};
  }
  /// Fills `values`: `compute()` does so for the blocks that are here.
  /// @param[out] values `[series, blocks, any]`
  template <class T, class Compute>
  void complete(std::size_t /*blocks*/, std::size_t /*series*/, std::span<T> /*values*/,
                const Compute& compute) const {
    compute();
  }
};

/// `joint_scores` for log-likelihood and coded responses.
///
/// Let the score of the changed class be `(sum + l) / n` with l the logit of the candidate, T the odds of the
/// true class and R the sum of the odds of the other rivals. The value of a row is
/// `-log(1 + R / T + e^(sum / n) e^(l / n) / T)`, and that of a row of the changed class itself
/// `-log(1 + R e^(-sum / n) / e^(l / n))`. Both are `-log(a + b E[code])`, the latter with `1 / E`, where E
/// is a table of 256 numbers per candidate. The rows of a column share one logarithm, that of their product.
///
/// Blocks of rows are evaluated one by one, and what they say is added in their order. So they may lie in
/// several memories (`Blocks`), without a change of any bit.
template <class Codec = log_odds_8bit, class Blocks = local_blocks>
class coded_scores {
 public:
  /// Every class starts with its first candidate.
  coded_scores(exec::backend_ref backend, const head_pool& pool, Blocks blocks = {})
      : pool_{&pool},
        chosen_(pool.candidates.size(), {0}),
        rows_{pool.rows, pool.candidates.size()},
        blocks_{std::move(blocks)},
        own_{blocks_.range(rows_.block_count())},
        codes_{blocks_.codes(backend, rows_, pool)},
        tree_{rows_, pool.candidates.size(), own_} {
    for (std::size_t c = 0; c < grid_.size(); ++c) grid_[c] = Codec::log_odds(static_cast<std::uint8_t>(c));
    for_each_block(backend, [&](std::size_t block) {
      for (std::size_t y = 0; y < chosen_.size(); ++y) tree_.set_odds(block, y, odds(block, y, 1));
      tree_.summarise(block);
    });
    constexpr std::size_t classes_at_once = 64;
    const std::size_t columns = rows_.targets().size();
    std::vector<float> shares(std::min(classes_at_once, chosen_.size()) * columns);
    for (std::size_t first = 0; first < chosen_.size(); first += classes_at_once) {
      const std::size_t count = std::min(classes_at_once, chosen_.size() - first);
      blocks_.complete(rows_.block_count(), count, std::span{shares}.first(count * columns), [&] {
        exec::for_each_index(backend, count, [&](std::size_t i) {
          for (std::size_t block = own_.begin; block < own_.end; ++block)
            tree_.sum_shares(block, first + i, shares.data() + i * columns + block * rows_.width());
        });
      });
      exec::for_each_index(backend, count, [&](std::size_t i) {
        tree_.update_confusion(first + i, std::span{shares}.subspan(i * columns, columns));
      });
    }
  }
  coded_scores(const coded_scores&) = delete;  // its parts refer to each other
  coded_scores& operator=(const coded_scores&) = delete;

  [[nodiscard]] std::size_t class_count() const noexcept { return chosen_.size(); }
  [[nodiscard]] std::size_t heads_per_class() const noexcept { return pool_->heads_per_class; }
  [[nodiscard]] std::size_t candidate_count(std::size_t y) const { return pool_->candidates[y].size(); }
  [[nodiscard]] const std::vector<std::size_t>& chosen(std::size_t y) const { return chosen_[y]; }

  /// Complexity: O(rows (log classes + heads of the class)).
  void apply(exec::backend_ref backend, const head_move& move) {
    auto& chosen = chosen_[move.y];
    chosen.resize(std::max(chosen.size(), move.slot + 1));
    chosen[move.slot] = move.candidate;
    blocks_.complete(rows_.block_count(), 2, tree_.changes(), [&] {
      for_each_block(backend, [&](std::size_t block) {
        tree_.set_odds(block, move.y, odds(block, move.y, chosen.size()));
        tree_.summarise_class(block, move.y);
      });
    });
    tree_.update_drift(move.y);
  }
  /// See `rival_tree::drift`.
  [[nodiscard]] std::vector<float> drift() const { return tree_.drift(); }

  /// The objective of the present choice.
  [[nodiscard]] double objective() const {
    const head_move stay{0, 0, chosen_[0][0]};
    return after(exec::sequential{}, std::span{&stay, 1})[0];
  }
  /// The objective after each of the moves alone.
  /// Complexity: O(rows) per move, plus O(rows (log classes + heads of the class)) per run of moves of one
  /// class and slot.
  [[nodiscard]] std::vector<double> after(exec::backend_ref backend, std::span<const head_move> moves) const {
    std::vector<lookup> tables(moves.size());
    for (std::size_t i = 0; i < moves.size(); ++i) {
      tables[i] = logits(moves[i].y, moves[i].candidate);
      exp_clamped(tables[i].data(), tables[i].size(), heads_after(moves[i]));
    }
    std::vector<double> losses(moves.size() * rows_.block_count());
    blocks_.complete(rows_.block_count(), moves.size(), std::span{losses}, [&] {
      for_each_block(backend, [&](std::size_t block) {
        row_terms terms;
        for (std::size_t i = 0; i < moves.size(); ++i) {
          const bool is_new = i == 0 || moves[i].y != moves[i - 1].y;
          if (is_new || moves[i].slot != moves[i - 1].slot) prepare(block, moves[i], is_new, terms);
          losses[i * rows_.block_count() + block] =
              loss(block, terms, codes_of(block, moves[i].y, moves[i].candidate), tables[i]);
        }
      });
    });
    std::vector<double> out(moves.size(), 0);
    for (std::size_t i = 0; i < losses.size(); ++i) out[i / rows_.block_count()] -= losses[i];
    return out;
  }

 private:
  using lookup = std::array<float, 256>;
  using per_row = packed_rows::per_row;
  static constexpr std::size_t block_rows = packed_rows::block_rows;

  template <class F>
  void for_each_block(exec::backend_ref backend, const F& f) const {
    exec::for_each_index(backend, own_.end - own_.begin, [&](std::size_t i) { f(own_.begin + i); });
  }
  [[nodiscard]] const std::uint8_t* codes_of(std::size_t block, std::size_t y, std::size_t candidate) const {
    return codes_.of(y, candidate) + (block - own_.begin) * block_rows;
  }

  // Terms of the value of each row of a block, for moves of one class and slot.
  struct row_terms {
    per_row rivals;
    per_row a;
    per_row b;
    packed_rows::range own;
  };

  // `exp(sum / heads)`. Larger scores hardly change a value, but their exponentials would overflow.
  static void exp_clamped(float* sums, std::size_t count, std::size_t heads) {
    const auto divisor = static_cast<float>(heads);
    for (std::size_t first = 0; first < count; first += lane_block) {
      float* const x = sums + first;
      for (std::size_t i = 0; i < lane_block; ++i) x[i] = std::clamp(x[i] / divisor, -40.0F, 40.0F);
      exp_lanes(x);
    }
  }
  [[nodiscard]] std::size_t heads_after(const head_move& move) const {
    return std::max(chosen_[move.y].size(), move.slot + 1);
  }
  [[nodiscard]] lookup logits(std::size_t y, std::size_t candidate) const {
    const auto& head = pool_->candidates[y][candidate];
    lookup out;
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = head.slope * grid_[c] + head.intercept;
    return out;
  }
  // Odds of a class in a block: exp of the sum of the logits of the chosen heads over `heads`, summed in the
  // order of choice and without the head in slot `except`.
  [[nodiscard]] per_row odds(std::size_t block, std::size_t y, std::size_t heads,
                             std::size_t except = static_cast<std::size_t>(-1)) const {
    per_row sum{};
    for (std::size_t slot = 0; slot < chosen_[y].size(); ++slot) {
      if (slot == except) continue;
      const std::uint8_t* const codes = codes_of(block, y, chosen_[y][slot]);
      const lookup values = logits(y, chosen_[y][slot]);
      for (std::size_t i = 0; i < block_rows; ++i) sum[i] += values[codes[i]];
    }
    exp_clamped(sum.values, block_rows, heads);
    return sum;
  }

  void prepare(std::size_t block, const head_move& move, bool is_new_class, row_terms& out) const {
    if (is_new_class) {
      tree_.rivals_without(block, move.y, out.rivals);
      out.own = rows_.columns_of_class(block, move.y);
    }
    const per_row others = odds(block, move.y, heads_after(move), move.slot);
    const float* const truth = tree_.truth(block);
    for (std::size_t i = 0; i < block_rows; ++i) {
      const float per_truth = 1 / truth[i];
      out.a[i] = 1 + out.rivals[i] * per_truth;
      out.b[i] = others[i] * per_truth;
    }
    for (std::size_t strip = 0; strip < rows_.strips(); ++strip) {
      for (std::size_t column = out.own.begin; column < out.own.end; ++column) {
        const std::size_t i = strip * rows_.width() + column;
        out.a[i] = 1;
        out.b[i] = out.rivals[i] / others[i];
      }
    }
    for (const std::uint16_t i : rows_.padding_rows(block)) {
      out.a[i] = 1;
      out.b[i] = 0;
    }
  }

  // Sum of weight log(a + b table[code]) over the rows of a block.
  [[nodiscard]] double loss(std::size_t block, const row_terms& terms, const std::uint8_t* codes,
                            const lookup& table) const {
    constexpr float max_odds = 1.3e9F;  // 21 nats per row, so that the product of four is finite
    constexpr std::size_t products = block_rows / 4;
    const std::size_t width = rows_.width();
    per_row odds;
    for (std::size_t i = 0; i < block_rows; ++i) odds[i] = table[codes[i]];
    for (std::size_t strip = 0; strip < rows_.strips(); ++strip) {
      for (std::size_t column = terms.own.begin; column < terms.own.end; ++column) {
        float& here = odds[strip * width + column];
        here = 1 / here;
      }
    }
    for (std::size_t i = 0; i < block_rows; ++i)
      odds[i] = std::min(terms.a[i] + terms.b[i] * odds[i], max_odds);
    // Rows at this distance are in one column. Exponents are summed apart from mantissas, so that the product
    // over a column is finite too.
    alignas(64) float mantissas[products];
    alignas(64) float exponents[products];
    for (std::size_t i = 0; i < products; ++i) {
      const float product = odds[i] * odds[i + products] * odds[i + 2 * products] * odds[i + 3 * products];
      const auto bits = std::bit_cast<std::uint32_t>(product);
      exponents[i] = static_cast<float>(static_cast<std::int32_t>(bits >> 23U) - 127);
      mantissas[i] = std::bit_cast<float>((bits & 0x7FFFFFU) | 0x3F800000U);
    }
    for (std::size_t half = products / 2; half >= width; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) {
        mantissas[i] *= mantissas[i + half];
        exponents[i] += exponents[i + half];
      }
    }
    const float* const weights = rows_.weights().data() + block * width;
    float sums[lane_block] = {};
    for (std::size_t first = 0; first < width; first += lane_block) {
      log_lanes(mantissas + first);
      for (std::size_t i = 0; i < lane_block; ++i) {
        sums[i] +=
            weights[first + i] * (mantissas[first + i] + std::numbers::ln2_v<float> * exponents[first + i]);
      }
    }
    for (std::size_t half = lane_block / 2; half > 0; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
    }
    return static_cast<double>(sums[0]);
  }

  const head_pool* pool_;
  std::vector<std::vector<std::size_t>> chosen_;
  packed_rows rows_;
  Blocks blocks_;
  packed_rows::range own_;
  packed_codes codes_;
  odds_tree<> tree_;
  lookup grid_;
};

}  // namespace mll::detail
