// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "mll/select/combine/detail/head_move.hpp"

namespace mll::detail {

/// The moves of a class that a lazy search chooses from, what they gained when they were looked at, and by
/// how much that may have grown since. Nothing is known at first.
class move_offers {
 public:
  struct offer {
    head_move move;
    double gain = -std::numeric_limits<double>::infinity();
  };
  /// A move of the offers of a class, and what it may gain.
  struct place {
    std::size_t y;
    std::size_t i;
    double hope;
    [[nodiscard]] bool comes_before(const place& other) const noexcept {
      return y != other.y ? y < other.y : i < other.i;
    }
  };

  [[nodiscard]] bool is_known() const noexcept { return known_; }
  /// Takes moves that nothing is known of.
  void open(std::vector<head_move> moves) {
    moves_ = std::move(moves);
    seen_.assign(moves_.size(), {});
    hope_ = std::numeric_limits<double>::infinity();
    known_ = true;
  }
  [[nodiscard]] const head_move& move(std::size_t i) const { return moves_[i]; }

  /// By how much gains may have grown, more than 0.
  void unsettle(double by) {
    if (best_.gain > -std::numeric_limits<double>::infinity()) hope_ = std::max(hope_, best_.gain - unrest_);
    best_ = {};
    unrest_ += by;
  }
  /// Adds the moves that may gain at least `least` and were not looked at since the last step.
  void list(std::size_t y, double least, std::vector<place>& to) {
    if (unrest_ + hope_ < least) return;
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (seen_[i].at == unrest_) continue;
      most = std::max(most, seen_[i].hope);
      if (const double hope = unrest_ + seen_[i].hope; hope >= least) to.push_back({y, i, hope});
    }
    hope_ = most;
  }
  /// Notes what a move gains as things stand.
  void note(std::size_t i, double gain) {
    seen_[i] = {unrest_, gain - unrest_};
    if (gain > best_.gain || (gain == best_.gain && i < best_at_)) {
      best_ = {moves_[i], gain};
      best_at_ = i;
    }
  }
  /// The first of the best moves that were looked at since the last step.
  [[nodiscard]] const offer& best() const noexcept { return best_; }

 private:
  struct look {
    double at = -1;                                         // unrest when it was looked at; -1: never
    double hope = std::numeric_limits<double>::infinity();  // gain then, less unrest
  };

  std::vector<head_move> moves_;
  std::vector<look> seen_;
  double unrest_ = 0;                                       // by how much gains may have grown in all
  double hope_ = -std::numeric_limits<double>::infinity();  // at least that of every move not looked at since
  offer best_;
  std::size_t best_at_ = 0;
  bool known_ = false;
};

}  // namespace mll::detail
