// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace mll::detail {

/// A row and its product with a query.
struct scored_row {
  float score;
  std::uint32_t row;

  /// Higher scores first; of equals the lower row.
  friend bool operator<(const scored_row& a, const scored_row& b) noexcept {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  }
};

/// The k best rows for each of many queries, kept while rows come by in increasing order. What is better than
/// the k-th best so far is put down; from time to time the best k of these are chosen.
class best_rows {
 public:
  /// @param[in] queries number of queries
  /// @param[in] padded  at least that; for those beyond no row is good enough
  best_rows(std::size_t queries, std::size_t padded, std::size_t k)
      : k_{k},
        room_{k + std::max<std::size_t>(k, 16)},
        kept_(queries * room_),
        size_(queries, 0),
        bar_(padded, std::numeric_limits<float>::infinity()) {
    std::fill_n(bar_.begin(), queries, -std::numeric_limits<float>::infinity());
  }

  /// What a row has to exceed, for each query.
  [[nodiscard]] const float* bar() const noexcept { return bar_.data(); }

  /// Puts down a row that exceeds the bar of a query.
  void add(std::size_t query, float score, std::uint32_t row) {
    scored_row* kept = kept_.data() + query * room_;
    kept[size_[query]] = {score, row};
    if (++size_[query] == room_) {
      std::nth_element(kept, kept + (k_ - 1), kept + room_);
      size_[query] = k_;
      bar_[query] = kept[k_ - 1].score;
    }
  }

  /// The best rows of a query, best first, at most k.
  [[nodiscard]] std::span<const scored_row> sorted(std::size_t query) {
    scored_row* kept = kept_.data() + query * room_;
    const std::size_t count = std::min(k_, size_[query]);
    std::partial_sort(kept, kept + count, kept + size_[query]);
    return {kept, count};
  }

 private:
  std::size_t k_;
  std::size_t room_;
  std::vector<scored_row> kept_;  // [queries, room]
  std::vector<std::size_t> size_;
  std::vector<float> bar_;
};

}  // namespace mll::detail
