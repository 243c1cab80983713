// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "mll/exec/detail/device_code.hpp"

namespace mll::detail {

/// Phase of a search on a device.
enum class search_mode : std::uint32_t { add, swap, done };

inline constexpr std::uint32_t no_class = 0xFFFFFFFFU;
inline constexpr double unlimited = std::numeric_limits<double>::infinity();
inline constexpr float lowest_score = std::numeric_limits<float>::lowest();  // of an empty set of rivals

struct search_candidate {
  std::uint32_t head = 0;  // row of the codes
  float slope = 1;
  float intercept = 0;
};

/// A move of a class as it was last evaluated. Its gain now is at most `base` plus the drift of the class.
struct move_bound {
  double base = unlimited;   ///< gain minus drift
  double drift = -1;         ///< of the class
  std::uint32_t epoch = 0;   ///< of the class; another one: not evaluated
  std::uint32_t unused = 0;  // keeps the size free of padding
};

/// The moves of a class in a lazy search, as `lazy_gains`.
struct lazy_class {
  double gain = -unlimited;     ///< of the best evaluated move
  double at = -1;               ///< drift when that was evaluated
  double drift = 0;             ///< accumulated
  double max_base = unlimited;  ///< of the moves not evaluated since the last drift
  std::uint32_t slot = 0;       ///< of the best evaluated move
  std::uint32_t candidate = 0;
  std::uint32_t epoch = 1;  ///< moves of other epochs are other moves
  std::uint32_t unused = 0;

  /// Whether `gain` holds now.
  [[nodiscard]] MLL_DEVICE bool is_exact() const { return at == drift; }
  /// Of the gains that may have changed.
  [[nodiscard]] MLL_DEVICE double upper_bound() const { return drift + max_base; }
  /// Whether a move has to be evaluated if gains below `threshold` do not matter.
  [[nodiscard]] MLL_DEVICE bool needs(const move_bound& move, double threshold) const {
    if (move.epoch != epoch) return true;
    return move.drift != drift && drift + move.base >= threshold;
  }
  /// Raises all upper bounds.
  MLL_DEVICE void loosen(double by) {
    if (is_exact() && gain - drift > max_base) max_base = gain - drift;
    drift += by;
  }
  /// Forgets all moves: there are others now.
  MLL_DEVICE void reset() {
    gain = -unlimited;
    at = -1;
    max_base = unlimited;
    ++epoch;
  }
};

struct search_control {
  static constexpr std::uint32_t classes_per_step = 32;  ///< classes evaluated per step

  double total_gain = 0;   ///< of the moves so far
  std::uint64_t loss = 0;  ///< negative objective at the start, in fixed point
  search_mode mode = search_mode::add;
  std::uint32_t changed = no_class;  ///< class whose choice has just changed
  std::uint32_t swaps = 0;
  std::uint32_t listed = 0;
  std::uint32_t list[classes_per_step] = {};  ///< classes to evaluate
  double threshold = 0;                       ///< moves that cannot gain so much are not evaluated
  std::uint32_t evaluations = 0;              ///< classes listed so far
  std::uint32_t moves = 0;                    ///< made so far
};

/// log-sum-exp of a summary of rivals and one more score.
MLL_DEVICE inline float with_rival(float summary, float score) {
  const float greater = summary > score ? summary : score;
  return greater + std::log(1 + std::exp(-std::abs(summary - score)));
}
/// Log-probability of a true class with score `truth` against these rivals.
MLL_DEVICE inline float log_share(float truth, float rivals) {
  const float lead = truth - rivals;
  return (lead < 0 ? lead : 0.0F) - std::log(1 + std::exp(-std::abs(lead)));
}

/// Summary of the rivals of the true class of a row, without class y.
/// @param[in] tree its tree of rivals, `[2 classes]` with this stride
MLL_DEVICE inline float rivals_without(const float* tree, std::size_t stride, std::uint32_t classes,
                                       std::uint32_t y) {
  const float all = tree[stride];
  const float share = std::exp(tree[(classes + y) * stride] - all);  // of the sum; 1 - share remains
  if (share < 0.5F) return all + std::log(1 - share);
  float out = lowest_score;
  for (std::uint32_t node = classes + y; node > 1; node /= 2)
    out = with_rival(out, tree[(node ^ 1U) * stride]);
  return out;
}

/// State of a search over coded responses, in device memory. Each row has a tree of class scores as in
/// `rival_tree`; the values of consecutive rows are contiguous.
struct search_state {
  std::uint32_t rows = 0;
  std::uint32_t classes = 0;
  std::uint32_t per_class = 1;       ///< maximum number of heads
  std::uint32_t max_candidates = 1;  ///< of a class
  double min_gain = 0;
  double bound_inflation = 0;
  std::uint32_t max_swaps = 0;

  const std::uint32_t* target = nullptr;           ///< `[rows]`
  const float* weight = nullptr;                   ///< `[rows]`
  const std::uint8_t* codes = nullptr;             ///< `[heads, rows]`
  const float* log_odds = nullptr;                 ///< `[256]`
  const search_candidate* candidates = nullptr;    ///< concatenated over the classes
  const std::uint32_t* first_candidate = nullptr;  ///< `[classes + 1]`

  float* scores = nullptr;               ///< `[2 classes, rows]`: the trees
  float* truth = nullptr;                ///< `[rows]`: score of the true class
  float* total = nullptr;                ///< `[rows]`: log-sum-exp of all scores
  std::uint64_t* mean_change = nullptr;  ///< `[classes]`: last change of total, per true class
  std::uint64_t* confusion = nullptr;    ///< `[class, true class]`: mean probability
  std::uint32_t* count = nullptr;        ///< `[classes]`: heads chosen
  std::uint32_t* chosen = nullptr;       ///< `[classes, per_class]`: candidates
  float* gains = nullptr;                ///< `[classes, per_class]`
  lazy_class* lazy = nullptr;            ///< `[classes]`
  move_bound* bounds = nullptr;          ///< `[classes, per_class, max_candidates]`
  std::uint64_t* losses = nullptr;       ///< `[classes_per_step, per_class, max_candidates]`: after each move
  search_control* control = nullptr;

  [[nodiscard]] MLL_DEVICE std::uint32_t candidate_count(std::uint32_t y) const {
    return first_candidate[y + 1] - first_candidate[y];
  }
  [[nodiscard]] MLL_DEVICE search_candidate candidate(std::uint32_t y, std::uint32_t c) const {
    return candidates[first_candidate[y] + c];
  }
  [[nodiscard]] MLL_DEVICE bool is_chosen(std::uint32_t y, std::uint32_t c) const {
    for (std::uint32_t slot = 0; slot < count[y]; ++slot) {
      if (chosen[y * per_class + slot] == c) return true;
    }
    return false;
  }
  /// Place of a move in `losses` (for a place in the list) or `bounds` (for a class).
  [[nodiscard]] MLL_DEVICE std::size_t move_index(std::uint32_t y, std::uint32_t slot,
                                                  std::uint32_t c) const {
    return (static_cast<std::size_t>(y) * per_class + slot) * max_candidates + c;
  }
  [[nodiscard]] MLL_DEVICE float& tree(std::uint32_t node, std::uint32_t r) const {
    return scores[static_cast<std::size_t>(node) * rows + r];
  }
  [[nodiscard]] MLL_DEVICE float logit(const search_candidate& head, std::uint32_t r) const {
    return head.slope * log_odds[codes[static_cast<std::size_t>(head.head) * rows + r]] + head.intercept;
  }
  /// Sum of the logits of the chosen heads of a class except that in slot `except`, in the order of choice.
  [[nodiscard]] MLL_DEVICE float sum_of(std::uint32_t y, std::uint32_t except, std::uint32_t r) const {
    float out = 0;
    for (std::uint32_t slot = 0; slot < count[y]; ++slot) {
      if (slot != except) out += logit(candidate(y, chosen[y * per_class + slot]), r);
    }
    return out;
  }
  /// Sum of the logits of all chosen heads of a class, as `sum_of`. Four logits are found side by side, each
  /// of which waits for four loads: faster where threads are few, but takes more registers.
  [[nodiscard]] MLL_DEVICE float sum_of_all(std::uint32_t y, std::uint32_t r) const {
    const std::uint32_t held = count[y];  // at least 1
    constexpr unsigned at_once = 4;
    float out = 0;
    for (std::uint32_t first = 0; first < held; first += at_once) {
      float logits[at_once];
      MLL_UNROLL
      for (unsigned i = 0; i < at_once; ++i) {
        const std::uint32_t slot = first + i < held ? first + i : held - 1;
        logits[i] = logit(candidate(y, chosen[y * per_class + slot]), r);
      }
      MLL_UNROLL
      for (unsigned i = 0; i < at_once; ++i) out += first + i < held ? logits[i] : 0.0F;
    }
    return out;
  }
  /// Summary of the rivals of the true class of a row, without class y.
  [[nodiscard]] MLL_DEVICE float rivals_without(std::uint32_t y, std::uint32_t r) const {
    return mll::detail::rivals_without(scores + r, rows, classes, y);
  }
  [[nodiscard]] MLL_DEVICE std::uint64_t& confusion_of(std::uint32_t y, std::uint32_t true_class) const {
    return confusion[static_cast<std::size_t>(y) * classes + true_class];
  }
  /// The contribution of a row to the mean probability of class y, in fixed point.
  [[nodiscard]] MLL_DEVICE std::uint64_t share_of(std::uint32_t y, std::uint32_t r, float row_weight) const {
    return share_of(target[r] == y ? truth[r] : tree(classes + y, r), total[r], row_weight);
  }
  [[nodiscard]] MLL_DEVICE static std::uint64_t share_of(float score, float of_all, float row_weight) {
    return exec::detail::to_fixed(static_cast<double>(row_weight * std::exp(score - of_all)));
  }
};

}  // namespace mll::detail
