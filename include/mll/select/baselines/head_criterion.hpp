// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/roc_area.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

namespace detail {

/// The responses of one head to the rows of a task, sorted once for all classes.
struct ranked_responses {
  ranked_responses(std::span<const float> responses, std::span<const example> evidence)
      : log_odds{responses}, rows{evidence}, order(evidence.size()) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return at(a) > at(b); });
  }
  [[nodiscard]] float at(std::size_t i) const { return log_odds[i]; }

  /// Calls `f(positive, negative)` for each run of equal responses, highest first: the weights of the class
  /// and of the rest in the run. The weights of each side sum to 1.
  template <class F>
  void for_each_level(class_id y, F&& f) const {
    double rest = 0;
    for (const auto& row : rows) rest += row.target == y ? 0 : static_cast<double>(row.weight);
    for (std::size_t i = 0; i < order.size();) {
      double positive = 0;
      double negative = 0;
      const float level = at(order[i]);
      for (; i < order.size() && at(order[i]) == level; ++i) {
        const auto& row = rows[order[i]];
        (row.target == y ? positive : negative) += static_cast<double>(row.weight);
      }
      f(positive, rest > 0 ? negative / rest : 0);
    }
  }

  std::span<const float> log_odds;
  std::span<const example> rows;
  std::vector<std::size_t> order;  // rows by decreasing response
};

}  // namespace detail

/// `C::measure(ranked, y)`, a number.
template <class C>
concept has_measure = requires(const detail::ranked_responses& ranked, class_id y) {
  { C::measure(ranked, y) } -> std::convertible_to<double>;
};

/// `C::name`, a text.
template <class C>
concept has_criterion_name = requires {
  { C::name } -> std::convertible_to<const char*>;
};

/// A measure of one head for one class, by which `top_heads` ranks heads.
///
/// Valid expressions:
/// - `C::measure(ranked, y)`: the measure for class y; larger is better. `ranked.for_each_level` visits the
///   responses from the highest down
/// - `C::name`: the name of the type, for reports
///
/// `measure` is pure.
///
/// @code
/// struct best_precision {  // of all thresholds on the response
///   static constexpr const char* name = "best_precision";
///   static double measure(const auto& ranked, mll::class_id y) {
///     double own = 0, rest = 0, best = 0;  // weights of samples of the class, of others
///     ranked.for_each_level(y, [&](double positive, double negative) {
///       own += positive;
///       rest += negative;
///       best = std::max(best, own / (own + rest));
///     });
///     return best;
///   }
/// };
/// static_assert(mll::head_criterion<best_precision>);
/// @endcode
///
/// Models: `mean_difference`, `best_f1`, `area_under_roc`.
template <class C>
concept head_criterion = has_measure<C> && has_criterion_name<C>;

/// Mean response to the class minus mean response to the rest, the other classes weighted equally; in [-1,
/// 1].
struct mean_difference {
  static constexpr const char* name = "mean_difference";
  [[nodiscard]] static double measure(const detail::ranked_responses& ranked, class_id y) {
    double own = 0;
    double other = 0;
    double rest = 0;
    for (std::size_t i = 0; i < ranked.rows.size(); ++i) {
      const auto& row = ranked.rows[i];
      const double response =
          static_cast<double>(row.weight) * numerics::sigmoid(static_cast<double>(ranked.at(i)));
      (row.target == y ? own : other) += response;
      if (row.target != y) rest += static_cast<double>(row.weight);
    }
    return own - (rest > 0 ? other / rest : 0);
  }
};

/// The greatest F1 over all thresholds on the response, the class weighted as much as the rest; in [0, 1], 1
/// for a perfect head.
struct best_f1 {
  static constexpr const char* name = "best_f1";
  [[nodiscard]] static double measure(const detail::ranked_responses& ranked, class_id y) {
    double hits = 0;
    double alarms = 0;
    double best = 0;
    ranked.for_each_level(y, [&](double positive, double negative) {
      hits += positive;
      alarms += negative;
      if (hits > 0) best = std::max(best, 2 * hits / (1 + hits + alarms));
    });
    return best;
  }
};

/// Area under the ROC curve: the probability that a sample of the class gets a higher response than one of
/// the rest, ties counting half; in [0, 1].
struct area_under_roc {
  static constexpr const char* name = "area_under_roc";
  [[nodiscard]] static double measure(const detail::ranked_responses& ranked, class_id y) {
    detail::roc_area area;  // from the highest response down, the two sides change places
    ranked.for_each_level(y, [&](double positive, double negative) { area.add(negative, positive); });
    return area.ordered();
  }
};

namespace detail {

/// Measures each head of the evidence for each class.
///
/// @return per class `[heads]`. Complexity: O(heads rows (log rows + classes)).
template <head_criterion Criterion, exec::execution_backend Backend>
[[nodiscard]] std::vector<std::vector<double>> measure_heads(const Backend& backend,
                                                             const task_evidence& evidence) {
  const std::size_t heads = evidence.heads().size();
  std::vector<std::uint32_t> all(heads);
  std::iota(all.begin(), all.end(), 0U);
  const std::size_t rows = evidence.rows().size();
  const Eigen::ArrayXXf log_odds = evidence.log_odds(backend, all);
  std::vector<std::vector<double>> out(evidence.class_count(), std::vector<double>(heads));
  exec::for_each_index(backend, heads, [&](std::size_t h) {
    const ranked_responses ranked{{log_odds.data() + h * rows, rows}, evidence.rows()};
    for (std::size_t y = 0; y < out.size(); ++y) out[y][h] = Criterion::measure(ranked, class_id{y});
  });
  return out;
}

/// Positions of the `count` largest values, best first, ties by position.
[[nodiscard]] inline std::vector<std::uint32_t> largest(std::span<const double> values, std::size_t count) {
  std::vector<std::uint32_t> out(static_cast<std::size_t>(values.size()));
  std::iota(out.begin(), out.end(), 0U);
  const std::size_t kept = std::min(count, out.size());
  std::partial_sort(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(kept), out.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      return values[a] != values[b] ? values[a] > values[b] : a < b;
                    });
  out.resize(kept);
  return out;
}

}  // namespace detail

static_assert(head_criterion<mean_difference> && head_criterion<best_f1> && head_criterion<area_under_roc>);

}  // namespace mll
