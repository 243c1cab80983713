// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace mll::detail {

/// The area under the ROC curve: the probability that a positive example scores higher than a negative one,
/// ties counting half. Takes weighted examples by score, lowest score first, all of one score at once.
class roc_area {
 public:
  /// @param[in] positive, negative weights of the examples with the next score
  void add(double positive, double negative) noexcept {
    ordered_ += positive * (negatives_ + negative / 2);
    positives_ += positive;
    negatives_ += negative;
  }
  /// Weight of the pairs in which the positive scores higher: the area, if the weights of each side sum to 1.
  [[nodiscard]] double ordered() const noexcept { return ordered_; }
  /// In [0, 1]; 0.5 without pairs.
  [[nodiscard]] double value() const noexcept {
    const double pairs = positives_ * negatives_;
    return pairs > 0 ? ordered_ / pairs : 0.5;
  }

 private:
  double ordered_ = 0;
  double positives_ = 0;
  double negatives_ = 0;
};

/// The area under the ROC curve of scores in any order; NaN if a side is empty. Complexity: O(n log n).
[[nodiscard]] inline double roc_area_of(std::span<const double> positives,
                                        std::span<const double> negatives) {
  if (positives.empty() || negatives.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<std::pair<double, bool>> all;
  all.reserve(positives.size() + negatives.size());
  for (const double score : positives) all.emplace_back(score, true);
  for (const double score : negatives) all.emplace_back(score, false);
  std::sort(all.begin(), all.end());
  roc_area out;
  for (std::size_t i = 0; i < all.size();) {
    double of_side[2] = {0, 0};
    for (const double score = all[i].first; i < all.size() && all[i].first == score; ++i)
      ++of_side[all[i].second ? 1 : 0];
    out.add(of_side[1], of_side[0]);
  }
  return out.value();
}

}  // namespace mll::detail
