// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// The loops over a tile of heads. Fixed length and `__restrict` (which g++ honours on parameters only) let
/// compilers vectorise them at -O2. All products that are added are exact, so that fused multiply-add does
/// not change the result.
struct head_tile {
  static constexpr std::size_t size = node_statistics::padding;

  /// sum = or += weights[k] * rows[k], over k < Rows
  template <std::size_t Rows, bool Add>
  static void weigh(const node_statistics::value_type* const* rows, const float* weights,
                    float* __restrict sum) {
    const node_statistics::value_type* row[Rows];
    float weight[Rows];
    for (std::size_t k = 0; k < Rows; ++k) {
      row[k] = rows[k];
      weight[k] = weights[k];
    }
    for (std::size_t i = 0; i < size; ++i) {
      float one = Add ? sum[i] : 0.0F;
      for (std::size_t k = 0; k < Rows; ++k) one += weight[k] * static_cast<float>(row[k][i]);
      sum[i] = one;
    }
  }
  /// Updates the sum, the greatest and the second greatest of the class means.
  static void add_class(const float* __restrict mean, float* __restrict total, float* __restrict best,
                        float* __restrict second) {
    for (std::size_t i = 0; i < size; ++i) {
      total[i] += mean[i];
      const float lower = mean[i] < best[i] ? mean[i] : best[i];
      second[i] = second[i] > lower ? second[i] : lower;
      best[i] = best[i] > mean[i] ? best[i] : mean[i];
    }
  }
  static bool any_above(const float* __restrict values, float floor) {
    constexpr std::size_t width = 16;
    float highest[width];
    for (std::size_t i = 0; i < width; ++i) highest[i] = values[i];
    for (std::size_t p = width; p < size; p += width) {
      for (std::size_t i = 0; i < width; ++i)
        highest[i] = highest[i] > values[p + i] ? highest[i] : values[p + i];
    }
    int above = 0;
    for (std::size_t i = 0; i < width; ++i) above |= highest[i] > floor ? 1 : 0;
    return above != 0;
  }
};

/// Reuse scores of a block of heads, `m - (rival + mean of the rivals) / 2`, from class means tile by tile. A
/// score is at most its mean, so that only heads with a mean above the floor of the best heads of a class are
/// remembered: few, once these are good.
class block_scores {
 public:
  block_scores(std::size_t capacity, float rivals, float unit)
      : rivals_{rivals}, unit_{unit}, total_(capacity), best_(capacity), second_(capacity) {}

  void clear() {
    std::fill(total_.begin(), total_.end(), 0.0F);
    std::fill(best_.begin(), best_.end(), 0.0F);
    std::fill(second_.begin(), second_.end(), 0.0F);
    promising_.clear();
  }

  /// Lower bound of the means whose score may be above a floor, with a margin for rounding.
  [[nodiscard]] float min_mean(float floor) const {
    return floor >= 0 ? floor / unit_ * (1 - 1e-6F) : -std::numeric_limits<float>::infinity();
  }
  /// Adds the means of one more class for the tile that begins at head i of the block.
  void add(std::uint32_t y, std::size_t i, const float* means, float min_mean) {
    head_tile::add_class(means, total_.data() + i, best_.data() + i, second_.data() + i);
    if (!head_tile::any_above(means, min_mean)) return;
    std::array<std::uint32_t, head_tile::size> found;
    std::size_t count = 0;
    for (std::uint32_t j = 0; j < head_tile::size; ++j) {
      found[count] = j;
      count += means[j] > min_mean ? 1 : 0;
    }
    for (std::size_t k = 0; k < count; ++k)
      promising_.push_back({y, static_cast<std::uint32_t>(i) + found[k], means[found[k]]});
  }

  /// Offers the heads with a score above the floor of their class; the block begins at head `first`, and
  /// heads from `heads` on are padding.
  void offer(std::size_t first, std::size_t heads, std::vector<best_heads>& kept) const {
    for (const auto& [y, i, mean] : promising_) {
      if (first + i >= heads) continue;
      const float rival = mean == best_[i] ? second_[i] : best_[i];
      const float score = unit_ * (mean - 0.5F * (rival + (total_[i] - mean) / rivals_));
      if (score > kept[y].floor()) kept[y].offer({static_cast<std::uint32_t>(first + i), score});
    }
  }

 private:
  struct promise {
    std::uint32_t y;
    std::uint32_t head;  // in the block
    float mean;
  };

  float rivals_;
  float unit_;
  std::vector<float> total_;
  std::vector<float> best_;
  std::vector<float> second_;
  std::vector<promise> promising_;
};

/// The best heads per class in one pass over the class means, block by block, without a matrix of heads and
/// classes.
///
/// @param[in] unit  unit of the means
/// @param[in] means `means(y, first, count, next, take)` calls `take(i, tile)` tile by tile with the means of
///                  class y for heads `first + i, ...`, at least 0; values beyond the last head are ignored.
///                  `next` is the class of the next call for the same heads
/// Complexity: O(heads x classes), parallel over the backend. Memory: O(threads x (block + max_heads x
/// classes)).
template <class Means>
[[nodiscard]] std::vector<std::vector<screened_head>> screen_blocks(exec::backend_ref backend,
                                                                    std::size_t classes, std::size_t heads,
                                                                    std::size_t max_heads, float unit,
                                                                    const Means& means) {
  constexpr std::size_t tile = head_tile::size;
  // Long runs of a row for memory bandwidth; the other arrays of a block fit the L2 cache.
  constexpr std::size_t max_block = 256 * tile;
  const std::size_t tiles = (heads + tile - 1) / tile;
  const std::size_t parts = std::min(std::max<std::size_t>(1, backend.concurrency()), tiles);
  std::vector<std::vector<best_heads>> found(parts);  // [part][class]
  exec::for_each_index(backend, parts, [&](std::size_t part) {
    const std::size_t begin = tiles * part / parts * tile;
    const std::size_t end = tiles * (part + 1) / parts * tile;
    found[part].assign(classes, best_heads{max_heads});
    block_scores scores{std::min(max_block, end - begin), static_cast<float>(classes - 1), unit};
    // Start with small blocks to establish floors early.
    std::size_t block = 4 * tile;
    for (std::size_t first = begin; first < end; first += block, block = std::min(2 * block, max_block)) {
      scores.clear();
      for (std::size_t y = 0; y < classes; ++y) {
        const float min_mean = scores.min_mean(found[part][y].floor());
        means(y, first, std::min(block, end - first), std::min(y + 1, classes - 1),
              [&](std::size_t i, const float* of_tile) {
                scores.add(static_cast<std::uint32_t>(y), i, of_tile, min_mean);
              });
      }
      scores.offer(first, heads, found[part]);
    }
  });
  std::vector<std::vector<screened_head>> out(classes);
  exec::for_each_index(backend, classes, [&](std::size_t y) {
    best_heads all{max_heads};
    for (auto& part : found) {
      for (const screened_head& head : part[y].take()) all.offer(head);
    }
    out[y] = all.take();
  });
  return out;
}

/// Class means from the rows of node statistics, in 1/256 of their unit; see `screen_blocks`.
class row_means {
 public:
  row_means(const node_statistics& statistics, const class_evidence& nodes) : first_(1, 0) {
    for (const auto& of_class : nodes) {
      for (const weighted_position& one : of_class) {
        rows_.push_back(statistics.row(one.node).data());
        weights_.push_back(static_cast<float>(one.weight));
      }
      first_.push_back(rows_.size());
    }
  }

  template <class Take>
  void operator()(std::size_t y, std::size_t first, std::size_t count, std::size_t next,
                  const Take& take) const {
    switch (first_[y + 1] - first_[y]) {
      case 1:
        return sweep<1>(y, first, count, next, take);
      case 2:
        return sweep<2>(y, first, count, next, take);
      case 3:
        return sweep<3>(y, first, count, next, take);
      case 4:
        return sweep<4>(y, first, count, next, take);
      case 5:
        return sweep<5>(y, first, count, next, take);
      case 6:
        return sweep<6>(y, first, count, next, take);
      default:
        return sweep<0>(y, first, count, next, take);
    }
  }

 private:
  using row_type = const node_statistics::value_type*;
  static constexpr std::size_t tile = head_tile::size;

  // Rows: number of rows of the class; 0: any number.
  template <std::size_t Rows, class Take>
  void sweep(std::size_t y, std::size_t first, std::size_t count, std::size_t next, const Take& take) const {
    constexpr std::size_t ahead = 12 * tile;
    const std::size_t lead = std::min(ahead, count);
    const row_type* own = rows_.data() + first_[y];
    const row_type* other = rows_.data() + first_[next];
    const std::size_t others = first_[next + 1] - first_[next];
    for (std::size_t i = 0; i + lead < count; i += tile) {
      for (std::size_t k = 0; k != Rows; ++k) prefetch(own[k] + first + i + lead);
      take(i, sums<Rows>(y, first + i).data());
    }
    for (std::size_t i = 0; i < lead; i += tile) {
      for (std::size_t k = 0; k < others; ++k) prefetch(other[k] + first + i);
      take(count - lead + i, sums<Rows>(y, first + count - lead + i).data());
    }
  }

  template <std::size_t Rows>
  [[nodiscard]] std::array<float, tile> sums(std::size_t y, std::size_t head) const {
    std::array<float, tile> out;
    const float* weights = weights_.data() + first_[y];
    const row_type* own = rows_.data() + first_[y];
    if constexpr (Rows != 0) {
      row_type rows[Rows];
      for (std::size_t k = 0; k < Rows; ++k) rows[k] = own[k] + head;
      head_tile::weigh<Rows, false>(rows, weights, out.data());
    } else {
      out.fill(0);
      for (std::size_t k = 0; k < first_[y + 1] - first_[y]; ++k) {
        const row_type row = own[k] + head;
        head_tile::weigh<1, true>(&row, weights + k, out.data());
      }
    }
    return out;
  }

  // Prefetches a tile that will be read soon: the hardware prefetcher follows a row, but not the change to
  // another one.
  static void prefetch([[maybe_unused]] row_type of_tile) {
#if defined(__GNUC__)
    constexpr std::size_t line = 64 / sizeof(node_statistics::value_type);
    for (std::size_t i = 0; i < tile; i += line) __builtin_prefetch(of_tile + i);
#endif
  }

  std::vector<std::size_t> first_;  // first row of each class
  std::vector<row_type> rows_;
  std::vector<float> weights_;
};

}  // namespace mll::detail
