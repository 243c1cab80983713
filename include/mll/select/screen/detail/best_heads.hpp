// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace mll {

/// A head with what the node statistics say of its use for a class.
struct screened_head {
  std::uint32_t position = 0;  ///< position in the evidence or in the statistics
  float score = 0;             ///< reuse score

  friend bool operator==(const screened_head&, const screened_head&) = default;
};

namespace detail {

/// The order of heads: by decreasing score, then by position.
[[nodiscard]] inline bool better_head(const screened_head& a, const screened_head& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.position < b.position;
}

/// Keeps the best of the heads that it is offered. Amortised O(1) a head: what is too many is cut off only
/// when twice as many have come.
class best_heads {
 public:
  explicit best_heads(std::size_t keep) : keep_{keep} {}

  /// A lower score can no longer be among the best.
  [[nodiscard]] float floor() const noexcept { return floor_; }

  void offer(screened_head head) {
    held_.push_back(head);
    if (held_.size() >= 2 * keep_) cut();
  }
  /// Brings `floor` up to date.
  void cut() {
    if (held_.size() < keep_) return;
    const auto last = held_.begin() + static_cast<std::ptrdiff_t>(keep_) - 1;
    std::nth_element(held_.begin(), last, held_.end(), better_head);
    held_.resize(keep_);
    floor_ = held_.back().score;
  }
  /// The best, in order; leaves nothing.
  [[nodiscard]] std::vector<screened_head> take() {
    cut();
    std::sort(held_.begin(), held_.end(), better_head);
    return std::exchange(held_, {});
  }

 private:
  std::size_t keep_;
  float floor_ = -std::numeric_limits<float>::infinity();
  std::vector<screened_head> held_;
};

}  // namespace detail

}  // namespace mll
