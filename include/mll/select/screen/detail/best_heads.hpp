// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace mll {

/// A head with its reuse score for a class.
struct screened_head {
  std::uint32_t position = 0;  ///< in the evidence or in the statistics
  float score = 0;             ///< reuse score

  friend bool operator==(const screened_head&, const screened_head&) = default;
};

namespace detail {

/// Order of heads: by decreasing score, then by position.
[[nodiscard]] inline bool better_head(const screened_head& a, const screened_head& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.position < b.position;
}

/// Keeps the best `max_heads` of the offered heads. Amortised O(1) per head: truncates when it holds twice as
/// many.
class best_heads {
 public:
  explicit best_heads(std::size_t max_heads) : max_heads_{max_heads} {}

  /// Lower scores can no longer be among the best.
  [[nodiscard]] float floor() const noexcept { return floor_; }

  void offer(screened_head head) {
    held_.push_back(head);
    if (held_.size() >= 2 * max_heads_) cut();
  }
  /// Truncates to the best heads and updates `floor`.
  void cut() {
    if (held_.size() < max_heads_) return;
    const auto last = held_.begin() + static_cast<std::ptrdiff_t>(max_heads_) - 1;
    std::nth_element(held_.begin(), last, held_.end(), better_head);
    held_.resize(max_heads_);
    floor_ = held_.back().score;
  }
  /// Returns the best heads, in order, and clears.
  [[nodiscard]] std::vector<screened_head> take() {
    cut();
    std::sort(held_.begin(), held_.end(), better_head);
    return std::exchange(held_, {});
  }

 private:
  std::size_t max_heads_;
  float floor_ = -std::numeric_limits<float>::infinity();
  std::vector<screened_head> held_;
};

}  // namespace detail

}  // namespace mll
