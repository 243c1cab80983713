// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

// Functors of `thrust_search`.
namespace mll::detail {

/// Scores of the classes per row, with a tree of rivals as in `rival_tree`.
struct scored_rows {
  std::uint32_t rows = 0;
  std::uint32_t classes = 0;
  std::uint32_t per_class = 1;              ///< maximum number of heads
  const std::uint32_t* target = nullptr;    ///< `[rows]`, increasing
  const float* weight = nullptr;            ///< `[rows]`
  const std::uint8_t* codes = nullptr;      ///< `[heads, rows]`
  const float* log_odds = nullptr;          ///< `[256]`
  const search_candidate* heads = nullptr;  ///< `[classes, per_class]`: chosen
  float* scores = nullptr;                  ///< `[2 classes, rows]`: the trees
  float* truth = nullptr;                   ///< `[rows]`: score of the true class
  float* total = nullptr;                   ///< `[rows]`: log-sum-exp of all scores

  [[nodiscard]] MLL_DEVICE float& tree(std::uint32_t node, std::uint32_t r) const {
    return scores[static_cast<std::size_t>(node) * rows + r];
  }
  [[nodiscard]] MLL_DEVICE std::uint8_t code(const search_candidate& head, std::uint32_t r) const {
    return codes[static_cast<std::size_t>(head.head) * rows + r];
  }
  [[nodiscard]] MLL_DEVICE float logit(const search_candidate& head, std::uint8_t code) const {
    return head.slope * log_odds[code] + head.intercept;
  }
  /// Sum of the logits of the first `count` heads of a class but that in slot `except`.
  [[nodiscard]] MLL_DEVICE float sum_of(std::uint32_t y, std::uint32_t count, std::uint32_t except,
                                        std::uint32_t r) const {
    float out = 0;
    for (std::uint32_t slot = 0; slot < count; ++slot) {
      const search_candidate head = heads[static_cast<std::size_t>(y) * per_class + slot];
      if (slot != except) out += logit(head, code(head, r));
    }
    return out;
  }
  /// Summary of the rivals of the true class of a row, without class y.
  [[nodiscard]] MLL_DEVICE float rivals_without(std::uint32_t y, std::uint32_t r) const {
    return mll::detail::rivals_without(scores + r, rows, classes, y);
  }
  /// Contribution of a row to the mean probability of class y among the rows of its true class.
  [[nodiscard]] MLL_DEVICE double share_of(std::uint32_t y, std::uint32_t r) const {
    const float score = target[r] == y ? truth[r] : tree(classes + y, r);
    return static_cast<double>(weight[r] * std::exp(score - total[r]));
  }
};

/// Scores a row with the first head of every class.
struct start_row {
  scored_rows state;

  MLL_DEVICE void operator()(std::uint32_t r) const {
    float truth = 0;
    for (std::uint32_t y = 0; y < state.classes; ++y) {
      const float score = state.sum_of(y, 1, no_class, r);
      if (y == state.target[r]) truth = score;
      state.tree(state.classes + y, r) = y == state.target[r] ? lowest_score : score;
    }
    for (std::uint32_t node = state.classes - 1; node > 0; --node)
      state.tree(node, r) = with_rival(state.tree(2 * node, r), state.tree(2 * node + 1, r));
    state.truth[r] = truth;
    state.total[r] = with_rival(truth, state.tree(1, r));
  }
};

/// Loss of a row, in fixed point.
struct loss_of_row {
  scored_rows state;

  MLL_DEVICE std::uint64_t operator()(std::uint32_t r) const {
    return exec::detail::to_fixed(
        static_cast<double>(state.weight[r] * -log_share(state.truth[r], state.tree(1, r))));
  }
};

/// Mean probability of a class among the rows of a true class, for element `i` of `[true class, class]`.
struct mean_share {
  scored_rows state;
  const std::uint32_t* first_row = nullptr;  ///< `[classes + 1]`

  MLL_DEVICE double operator()(std::uint64_t i) const {
    const auto target = static_cast<std::uint32_t>(i / state.classes);
    const auto y = static_cast<std::uint32_t>(i % state.classes);
    double out = 0;
    for (std::uint32_t r = first_row[target]; r < first_row[target + 1]; ++r) out += state.share_of(y, r);
    return out;
  }
};

/// Updates a row after a change of the heads of class y.
struct update_row {
  scored_rows state;
  std::uint32_t y = 0;
  std::uint32_t count = 1;  ///< heads of the class
  float* change = nullptr;  ///< `[rows]`: weighted change of the total

  MLL_DEVICE void operator()(std::uint32_t r) const {
    const float score = state.sum_of(y, count, no_class, r) / static_cast<float>(count);
    const bool is_own = state.target[r] == y;
    if (is_own) state.truth[r] = score;
    float here = is_own ? lowest_score : score;
    std::uint32_t node = state.classes + y;
    state.tree(node, r) = here;
    for (; node > 1; node /= 2) {
      here = with_rival(here, state.tree(node ^ 1U, r));
      state.tree(node / 2, r) = here;
    }
    const float total = with_rival(state.truth[r], here);
    change[r] = state.weight[r] * std::abs(total - state.total[r]);
    state.total[r] = total;
  }
};

/// What a change of a class does to the rows of a true class, in fixed point.
struct change_sums {
  std::uint64_t change = 0;  ///< of the total
  std::uint64_t share = 0;   ///< probability of the class that has changed
};
struct add_change_sums {
  MLL_HOST_DEVICE change_sums operator()(const change_sums& a, const change_sums& b) const {
    return {a.change + b.change, a.share + b.share};
  }
};
struct change_of_row {
  scored_rows state;
  std::uint32_t y = 0;
  const float* change = nullptr;  ///< `[rows]`

  MLL_DEVICE change_sums operator()(std::uint32_t r) const {
    return {exec::detail::to_fixed(static_cast<double>(change[r])),
            exec::detail::to_fixed(state.share_of(y, r))};
  }
};
/// Records the sums of the k-th class that has rows.
struct record_change {
  const std::uint32_t* target = nullptr;  ///< `[classes that have rows]`
  const change_sums* sums = nullptr;      ///< likewise
  std::uint32_t y = 0;
  std::uint32_t classes = 0;
  double* mean_change = nullptr;  ///< `[classes]`
  double* confusion = nullptr;    ///< `[true class, class]`

  MLL_DEVICE void operator()(std::uint32_t k) const {
    mean_change[target[k]] = exec::detail::from_fixed(sums[k].change);
    confusion[static_cast<std::size_t>(target[k]) * classes + y] = exec::detail::from_fixed(sums[k].share);
  }
};
/// See `rival_tree::drift`.
struct drift_of_class {
  std::uint32_t classes = 0;
  const double* mean_change = nullptr;
  const double* confusion = nullptr;

  MLL_DEVICE double operator()(std::uint32_t y) const {
    double out = 0;
    for (std::uint32_t target = 0; target < classes; ++target)
      out += confusion[static_cast<std::size_t>(target) * classes + y] * mean_change[target];
    return out;
  }
};

}  // namespace mll::detail
