// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace mll::detail {

/// A row and its inner product with a query.
struct scored_row {
  float score;
  std::uint32_t row;

  /// Larger scores first; of equals the lower row.
  friend bool operator<(const scored_row& a, const scored_row& b) noexcept {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  }
};

/// The k best rows per query, updated while rows arrive in increasing order. Rows better than the k-th best
/// so far are collected; when the buffer is full, the best k of them are kept.
class best_rows {
 public:
  /// @param[in] queries number of queries
  /// @param[in] padded  number of thresholds, at least `queries`; those of the padding are infinite
  best_rows(std::size_t queries, std::size_t padded, std::size_t k)
      : k_{k},
        capacity_{k + std::max<std::size_t>(k, 16)},
        kept_(queries * capacity_),
        size_(queries, 0),
        thresholds_(padded, std::numeric_limits<float>::infinity()) {
    std::fill_n(thresholds_.begin(), queries, -std::numeric_limits<float>::infinity());
  }

  /// `[padded]`, the score that a row has to exceed, per query.
  [[nodiscard]] const float* thresholds() const noexcept { return thresholds_.data(); }

  /// Adds a row that exceeds the threshold of a query.
  void add(std::size_t query, float score, std::uint32_t row) {
    scored_row* kept = kept_.data() + query * capacity_;
    kept[size_[query]] = {score, row};
    if (++size_[query] == capacity_) {
      std::nth_element(kept, kept + (k_ - 1), kept + capacity_);
      size_[query] = k_;
      thresholds_[query] = kept[k_ - 1].score;
    }
  }

  /// The best rows of a query, best first; at most k.
  [[nodiscard]] std::span<const scored_row> sorted(std::size_t query) {
    scored_row* kept = kept_.data() + query * capacity_;
    const std::size_t count = std::min(k_, size_[query]);
    std::partial_sort(kept, kept + count, kept + size_[query]);
    return {kept, count};
  }

 private:
  std::size_t k_;
  std::size_t capacity_;
  std::vector<scored_row> kept_;  // [queries, capacity]
  std::vector<std::size_t> size_;
  std::vector<float> thresholds_;
};

}  // namespace mll::detail
