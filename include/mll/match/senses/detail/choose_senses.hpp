// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace mll::detail {

/// A choice of one candidate per class.
struct sense_choice {
  std::vector<std::size_t> chosen;  ///< `[classes]`; 0 for a class without candidates
  double score = 0;                 ///< the objective of `sense_solver`
  bool exact = true;                ///< whether no choice has a larger score
};

/// Chooses the senses of all classes jointly: maximises
///
///     sum over i of u_i(a_i)  +  sum over i < j of s_ij(a_i, a_j)
///
/// Candidates that cannot be part of the best choice are eliminated (Goldstein's criterion). Local searches
/// from the best preferences and from every remaining candidate give a first choice, which branch and bound
/// improves until it is proved best or the limit of steps is reached.
///
/// Determinism: of choices within 1e-9 of each other the lexicographically first is taken.
///
/// A template only so that programs that match nothing do not compile it.
template <class = void>
class basic_sense_solver {
 public:
  /// @param[in] preference `[classes][candidates]`, u, finite
  explicit basic_sense_solver(std::vector<std::vector<double>> preference)
      : preference_{std::move(preference)}, first_(preference_.size() + 1, 0) {
    for (std::size_t i = 0; i < preference_.size(); ++i) first_[i + 1] = first_[i] + preference_[i].size();
    pairs_.assign(first_.back() * first_.back(), 0);
  }

  /// Sets s for candidate a of class i and candidate b of class j.
  void set_affinity(std::size_t i, std::size_t a, std::size_t j, std::size_t b, double value) {
    pairs_[(first_[i] + a) * first_.back() + first_[j] + b] = value;
    pairs_[(first_[j] + b) * first_.back() + first_[i] + a] = value;
  }
  [[nodiscard]] double affinity(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const {
    return pairs_[(first_[i] + a) * first_.back() + first_[j] + b];
  }

  /// The terms of the objective that contain candidate a of class i, given the other classes' choices.
  [[nodiscard]] double value_given(std::size_t i, std::size_t a,
                                   const std::vector<std::size_t>& chosen) const {
    double value = preference_[i][a];
    for (std::size_t j = 0; j < chosen.size(); ++j) {
      if (j != i && !preference_[j].empty()) value += affinity(i, a, j, chosen[j]);
    }
    return value;
  }

  /// Complexity: O(k^2 P) for the elimination with at most k candidates per class and P pairs of candidates,
  /// and O(classes k) per step.
  /// @param[in] limit number of steps of branch and bound
  [[nodiscard]] sense_choice solve(std::size_t limit) {
    eliminate();
    sense_choice best = by_local_search();
    order_.clear();
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (left_[i].size() > 1) order_.push_back(i);
    }
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return spread(a) > spread(b); });
    open_.assign(first_.back(), 0);
    for (const std::size_t i : order_) {
      for (const std::size_t a : left_[i]) {
        double value = preference_[i][a];
        for (std::size_t j = 0; j < left_.size(); ++j) {
          if (left_[j].size() == 1) value += affinity(i, a, j, left_[j].front());
        }
        open_[first_[i] + a] = value;
      }
    }
    reach_.assign(first_.back(), 0);
    for (std::size_t d = 0; d < order_.size(); ++d) {
      for (const std::size_t a : left_[order_[d]]) {
        for (std::size_t e = d + 1; e < order_.size(); ++e) {
          reach_[first_[order_[d]] + a] += max_affinity(order_[d], a, order_[e]);
        }
      }
    }
    steps_ = limit;
    current_ = best.chosen;
    best.exact = descend(0, decided_score(), best);
    return best;
  }

 private:
  static constexpr double tie = 1e-9;

  [[nodiscard]] double max_affinity(std::size_t i, std::size_t a, std::size_t j) const {
    double value = -std::numeric_limits<double>::infinity();
    for (const std::size_t b : left_[j]) value = std::max(value, affinity(i, a, j, b));
    return value;
  }

  [[nodiscard]] double spread(std::size_t i) const {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const std::size_t a : left_[i]) {
      low = std::min(low, preference_[i][a]);
      high = std::max(high, preference_[i][a]);
    }
    return high - low;
  }

  /// Drops candidates that another candidate of their class beats for every choice of the other classes.
  void eliminate() {
    left_.resize(preference_.size());
    for (std::size_t i = 0; i < left_.size(); ++i) {
      left_[i].resize(preference_[i].size());
      std::iota(left_[i].begin(), left_[i].end(), std::size_t{0});
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < left_.size(); ++i) {
        for (std::size_t at = 0; at < left_[i].size();) {
          const std::size_t a = left_[i][at];
          const bool beaten = std::any_of(left_[i].begin(), left_[i].end(),
                                          [&](std::size_t b) { return b != a && always_better(i, b, a); });
          if (beaten) {
            left_[i].erase(left_[i].begin() + static_cast<std::ptrdiff_t>(at));
            changed = true;
          } else {
            ++at;
          }
        }
      }
    }
  }

  [[nodiscard]] bool always_better(std::size_t i, std::size_t b, std::size_t a) const {
    double lead = preference_[i][b] - preference_[i][a];
    for (std::size_t j = 0; j < left_.size(); ++j) {
      if (j == i || left_[j].empty()) continue;
      double smallest = std::numeric_limits<double>::infinity();
      for (const std::size_t c : left_[j])
        smallest = std::min(smallest, affinity(i, b, j, c) - affinity(i, a, j, c));
      lead += smallest;
    }
    return lead > tie;
  }

  /// Changes one class at a time until no change raises the score.
  void improve(std::vector<std::size_t>& chosen, std::size_t fixed) const {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < left_.size(); ++i) {
        if (i == fixed || left_[i].size() < 2) continue;
        double value = value_given(i, chosen[i], chosen);
        for (const std::size_t a : left_[i]) {
          const double other = value_given(i, a, chosen);
          if (other > value + tie) {
            value = other;
            chosen[i] = a;
            changed = true;
          }
        }
      }
    }
  }

  [[nodiscard]] double score(const std::vector<std::size_t>& chosen) const {
    double sum = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (preference_[i].empty()) continue;
      sum += preference_[i][chosen[i]];
      for (std::size_t j = 0; j < i; ++j) {
        if (!preference_[j].empty()) sum += affinity(i, chosen[i], j, chosen[j]);
      }
    }
    return sum;
  }

  [[nodiscard]] sense_choice by_local_search() const {
    constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> start(left_.size(), 0);
    for (std::size_t i = 0; i < left_.size(); ++i) {
      for (const std::size_t a : left_[i]) {
        if (preference_[i][a] > preference_[i][start[i]] + tie || a == left_[i].front()) start[i] = a;
      }
    }
    sense_choice best;
    const auto consider = [&](std::vector<std::size_t> chosen, std::size_t fixed) {
      if (fixed != none) improve(chosen, fixed);
      improve(chosen, none);
      const double value = score(chosen);
      if (best.chosen.empty() || value > best.score + tie ||
          (value > best.score - tie && chosen < best.chosen)) {
        best = {std::move(chosen), value, false};
      }
    };
    consider(start, none);
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (left_[i].size() < 2) continue;
      for (const std::size_t a : left_[i]) {
        auto from = start;
        from[i] = a;
        consider(std::move(from), i);
      }
    }
    return best;
  }

  /// The score of the classes with one candidate left.
  [[nodiscard]] double decided_score() const {
    double sum = 0;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (left_[i].size() != 1) continue;
      sum += preference_[i][left_[i].front()];
      for (std::size_t j = 0; j < i; ++j) {
        if (left_[j].size() == 1) sum += affinity(i, left_[i].front(), j, left_[j].front());
      }
    }
    return sum;
  }

  /// Branches on the d-th class; false once the steps are used up.
  bool descend(std::size_t d, double sum, sense_choice& best) {
    if (d == order_.size()) {
      if (sum > best.score + tie || (sum > best.score - tie && current_ < best.chosen)) {
        best.chosen = current_;
        best.score = sum;
      }
      return true;
    }
    if (steps_ == 0) return false;
    --steps_;
    double bound = sum;
    for (std::size_t e = d; e < order_.size(); ++e) {
      double largest = -std::numeric_limits<double>::infinity();
      for (const std::size_t a : left_[order_[e]]) {
        largest = std::max(largest, upper_bound(order_[e], a));
      }
      bound += largest;
    }
    if (bound < best.score - tie) return true;
    const std::size_t i = order_[d];
    std::vector<std::size_t> by_bound = left_[i];
    std::stable_sort(by_bound.begin(), by_bound.end(),
                     [&](std::size_t a, std::size_t b) { return upper_bound(i, a) > upper_bound(i, b); });
    for (const std::size_t a : by_bound) {
      current_[i] = a;
      const double gained = open_[first_[i] + a];
      add_context(i, a, d, 1);
      const bool done = descend(d + 1, sum + gained, best);
      add_context(i, a, d, -1);
      if (!done) return false;
    }
    return true;
  }

  /// Upper bound of what an undecided class can add with a, given the decided ones.
  [[nodiscard]] double upper_bound(std::size_t i, std::size_t a) const {
    return open_[first_[i] + a] + reach_[first_[i] + a];
  }

  /// Adds (or takes back) the affinity of a of i to the candidates of the classes after the d-th.
  void add_context(std::size_t i, std::size_t a, std::size_t d, double sign) {
    for (std::size_t e = d + 1; e < order_.size(); ++e) {
      for (const std::size_t b : left_[order_[e]]) {
        open_[first_[order_[e]] + b] += sign * affinity(order_[e], b, i, a);
      }
    }
  }

  std::vector<std::vector<double>> preference_;
  std::vector<std::size_t> first_;  // position among all candidates, per class
  std::vector<double> pairs_;
  std::vector<std::vector<std::size_t>> left_;  // candidates that are not eliminated
  std::vector<std::size_t> order_;              // classes with more than one, in the order of branching
  std::vector<double> open_;                    // value of a candidate given the decided classes
  std::vector<double> reach_;                   // upper bound of its gain from classes after its own
  std::vector<std::size_t> current_;
  std::size_t steps_ = 0;
};

using sense_solver = basic_sense_solver<>;

}  // namespace mll::detail
