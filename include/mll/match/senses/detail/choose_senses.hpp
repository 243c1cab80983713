// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace mll::detail {

/// A choice of one candidate for each class.
struct sense_choice {
  std::vector<std::size_t> chosen;  ///< `[classes]`; 0 for a class without candidates
  double score = 0;                 ///< the sum that it makes greatest
  bool exact = true;                ///< whether no choice has a greater one
};

/// Chooses the senses of all classes together: maximises
///
///     sum over i of u_i(a_i)  +  sum over i < j of s_ij(a_i, a_j)
///
/// Candidates that cannot be part of the best choice are eliminated (Goldstein's criterion); what is left is
/// searched by branch and bound, which is exact if it ends within its limit of steps. It starts from the best
/// of local searches that begin at the best preferences and at every candidate left, and their best is the
/// answer where the limit is met.
///
/// Determinism: of choices within 1e-9 of each other the first in order of the candidates is taken, class by
/// class.
class sense_solver {
 public:
  /// @param[in] preference for each class the u of its candidates, finite
  explicit sense_solver(std::vector<std::vector<double>> preference)
      : preference_{std::move(preference)}, first_(preference_.size() + 1, 0) {
    for (std::size_t i = 0; i < preference_.size(); ++i) first_[i + 1] = first_[i] + preference_[i].size();
    pairs_.assign(first_.back() * first_.back(), 0);
  }

  /// Sets s of candidate a of class i and b of class j.
  void set_affinity(std::size_t i, std::size_t a, std::size_t j, std::size_t b, double value) {
    pairs_[(first_[i] + a) * first_.back() + first_[j] + b] = value;
    pairs_[(first_[j] + b) * first_.back() + first_[i] + a] = value;
  }
  [[nodiscard]] double affinity(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const {
    return pairs_[(first_[i] + a) * first_.back() + first_[j] + b];
  }

  /// The value that candidate a of class i adds beside the others as chosen.
  [[nodiscard]] double value_beside(std::size_t i, std::size_t a,
                                    const std::vector<std::size_t>& chosen) const {
    double value = preference_[i][a];
    for (std::size_t j = 0; j < chosen.size(); ++j) {
      if (j != i && !preference_[j].empty()) value += affinity(i, a, j, chosen[j]);
    }
    return value;
  }

  /// Complexity: O(k^2 P) for the elimination with at most k candidates a class and P pairs of candidates,
  /// and O(classes k) for each of `limit` steps.
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
          reach_[first_[order_[d]] + a] += most(order_[d], a, order_[e]);
        }
      }
    }
    steps_ = limit;
    current_ = best.chosen;
    best.exact = descend(0, settled_score(), best);
    return best;
  }

 private:
  static constexpr double tie = 1e-9;

  [[nodiscard]] double most(std::size_t i, std::size_t a, std::size_t j) const {
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

  /// Drops a where some b is better by more than a tie whatever the other classes mean.
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
          const bool hopeless = std::any_of(left_[i].begin(), left_[i].end(),
                                            [&](std::size_t b) { return b != a && always_better(i, b, a); });
          if (hopeless) {
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
      double least = std::numeric_limits<double>::infinity();
      for (const std::size_t c : left_[j])
        least = std::min(least, affinity(i, b, j, c) - affinity(i, a, j, c));
      lead += least;
    }
    return lead > tie;
  }

  /// Changes one class at a time until none gains.
  void improve(std::vector<std::size_t>& chosen, std::size_t fixed) const {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < left_.size(); ++i) {
        if (i == fixed || left_[i].size() < 2) continue;
        double value = value_beside(i, chosen[i], chosen);
        for (const std::size_t a : left_[i]) {
          const double other = value_beside(i, a, chosen);
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

  /// What the classes with one candidate left add up to.
  [[nodiscard]] double settled_score() const {
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

  /// Tries what is left from the d-th class on; false once the steps are used up.
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
      double greatest = -std::numeric_limits<double>::infinity();
      for (const std::size_t a : left_[order_[e]]) {
        greatest = std::max(greatest, promise(order_[e], a));
      }
      bound += greatest;
    }
    if (bound < best.score - tie) return true;
    const std::size_t i = order_[d];
    std::vector<std::size_t> by_promise = left_[i];
    std::stable_sort(by_promise.begin(), by_promise.end(),
                     [&](std::size_t a, std::size_t b) { return promise(i, a) > promise(i, b); });
    for (const std::size_t a : by_promise) {
      current_[i] = a;
      const double gained = open_[first_[i] + a];
      add_company(i, a, d, 1);
      const bool done = descend(d + 1, sum + gained, best);
      add_company(i, a, d, -1);
      if (!done) return false;
    }
    return true;
  }

  /// Most that a class not yet tried can add with a, beside those tried before it.
  [[nodiscard]] double promise(std::size_t i, std::size_t a) const {
    return open_[first_[i] + a] + reach_[first_[i] + a];
  }

  /// Adds (or takes back) what the classes after the d-th gain from a of i.
  void add_company(std::size_t i, std::size_t a, std::size_t d, double sign) {
    for (std::size_t e = d + 1; e < order_.size(); ++e) {
      for (const std::size_t b : left_[order_[e]]) {
        open_[first_[order_[e]] + b] += sign * affinity(order_[e], b, i, a);
      }
    }
  }

  std::vector<std::vector<double>> preference_;
  std::vector<std::size_t> first_;  // of each class among all candidates
  std::vector<double> pairs_;
  std::vector<std::vector<std::size_t>> left_;  // candidates that are not eliminated
  std::vector<std::size_t> order_;              // classes with more than one, as they are tried
  std::vector<double> open_;                    // value of a candidate beside what is settled so far
  std::vector<double> reach_;                   // most that it can gain from the classes tried after its own
  std::vector<std::size_t> current_;
  std::size_t steps_ = 0;
};

}  // namespace mll::detail
