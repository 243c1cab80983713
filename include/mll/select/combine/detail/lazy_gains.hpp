// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "mll/select/combine/detail/head_move.hpp"

namespace mll::detail {

/// The moves of one class in a lazy greedy search: the gain of each when it was last evaluated, and an upper
/// bound of its gain now. The bound is the last gain plus the drift since; drift accumulates over the steps.
class lazy_gains {
 public:
  struct evaluated_move {
    head_move move;
    double gain = -std::numeric_limits<double>::infinity();
  };
  /// A move that needs evaluation: class, index among the moves of the class, upper bound of its gain.
  struct entry {
    std::size_t y;
    std::size_t i;
    double upper_bound;
    [[nodiscard]] bool comes_before(const entry& other) const noexcept {
      return y != other.y ? y < other.y : i < other.i;
    }
  };

  /// False until `reset`: the moves of the class are not listed yet.
  [[nodiscard]] bool is_valid() const noexcept { return valid_; }
  /// Sets the moves of the class, none of them evaluated.
  void reset(std::vector<head_move> moves) {
    moves_ = std::move(moves);
    last_.assign(moves_.size(), {});
    max_base_ = std::numeric_limits<double>::infinity();
    valid_ = true;
  }
  [[nodiscard]] const head_move& move(std::size_t i) const { return moves_[i]; }

  /// Raises all upper bounds by `drift > 0` and marks all moves as stale.
  void loosen_bounds(double drift) {
    if (best_.gain > -std::numeric_limits<double>::infinity())
      max_base_ = std::max(max_base_, best_.gain - drift_);
    best_ = {};
    drift_ += drift;
  }
  /// Appends the stale and the never evaluated moves whose upper bound is at least `min_gain`.
  void list_stale(std::size_t y, double min_gain, std::vector<entry>& to) {
    if (drift_ + max_base_ < min_gain) return;
    double max_base = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (last_[i].drift == drift_) continue;
      max_base = std::max(max_base, last_[i].base);
      if (const double upper_bound = drift_ + last_[i].base; upper_bound >= min_gain)
        to.push_back({y, i, upper_bound});
    }
    max_base_ = max_base;
  }
  /// Records the present gain of a move.
  void record(std::size_t i, double gain) {
    last_[i] = {drift_, gain - drift_};
    if (gain > best_.gain || (gain == best_.gain && i < best_index_)) {
      best_ = {moves_[i], gain};
      best_index_ = i;
    }
  }
  /// The best of the moves evaluated since the last `loosen_bounds`; the first of equal ones.
  [[nodiscard]] const evaluated_move& best() const noexcept { return best_; }

 private:
  struct evaluation {
    double drift = -1;                                      // drift_ at the evaluation; -1: never evaluated
    double base = std::numeric_limits<double>::infinity();  // gain - drift_ at the evaluation
  };

  std::vector<head_move> moves_;
  std::vector<evaluation> last_;
  double drift_ = 0;                                            // accumulated
  double max_base_ = -std::numeric_limits<double>::infinity();  // at least the base of every stale move
  evaluated_move best_;
  std::size_t best_index_ = 0;
  bool valid_ = false;
};

}  // namespace mll::detail
