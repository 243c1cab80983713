// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/node_statistics.hpp"
#include "mll/select/detail/best_heads.hpp"

namespace mll::detail {

/// The loops over a tile of heads. Their length is fixed and nothing overlaps, so that compilers vectorise
/// them at -O2 too (g++ honours `__restrict` on parameters only); no product is added to anything without
/// being exact, so that fused multiply-add cannot change a bit.
struct head_tile {
  static constexpr std::size_t size = node_statistics::padding;

  /// sum += weight * from
  static void add(const node_statistics::value_type* __restrict from, float weight, float* __restrict sum) {
    for (std::size_t i = 0; i < size; ++i) sum[i] += weight * static_cast<float>(from[i]);
  }
  /// The sum, the greatest and the second greatest of the class means so far.
  static void add_class(const float* __restrict mean, float* __restrict total, float* __restrict best,
                        float* __restrict second) {
    for (std::size_t i = 0; i < size; ++i) {
      total[i] += mean[i];
      const float lower = mean[i] < best[i] ? mean[i] : best[i];
      second[i] = second[i] > lower ? second[i] : lower;
      best[i] = best[i] > mean[i] ? best[i] : mean[i];
    }
  }
  /// score = unit (mean - (strongest rival + mean of the rivals) / 2)
  static void score(const float* __restrict mean, const float* __restrict total, const float* __restrict best,
                    const float* __restrict second, float rivals, float unit, float* __restrict score) {
    for (std::size_t i = 0; i < size; ++i) {
      const float rival = mean[i] == best[i] ? second[i] : best[i];
      score[i] = unit * (mean[i] - 0.5F * (rival + (total[i] - mean[i]) / rivals));
    }
  }
  static bool any_above(const float* __restrict score, float floor) {
    int above = 0;
    for (std::size_t i = 0; i < size; ++i) above |= score[i] > floor ? 1 : 0;
    return above != 0;
  }
};

/// Reuse scores of a block of heads for one class after the other, from the class means of the block:
/// `m - (rival + mean of the rivals) / 2`.
class block_scores {
 public:
  explicit block_scores(std::size_t capacity) : total_(capacity), best_(capacity), second_(capacity) {}

  void clear(std::size_t count) {
    std::fill_n(total_.begin(), count, 0.0F);
    std::fill_n(best_.begin(), count, 0.0F);
    std::fill_n(second_.begin(), count, 0.0F);
  }

  /// Takes in the means of one more class; `count` is a multiple of the tile.
  void add_class(const float* means, std::size_t count) {
    for (std::size_t i = 0; i < count; i += head_tile::size)
      head_tile::add_class(means + i, total_.data() + i, best_.data() + i, second_.data() + i);
  }

  /// Offers the heads whose score for a class is above the floor of its best ones.
  void offer(const float* means, std::size_t count, std::size_t valid, float rivals, float unit,
             std::uint32_t position, best_heads& kept) const {
    float score[head_tile::size];
    for (std::size_t i = 0; i < count; i += head_tile::size) {
      head_tile::score(means + i, total_.data() + i, best_.data() + i, second_.data() + i, rivals, unit,
                       score);
      if (!head_tile::any_above(score, kept.floor())) continue;
      for (std::size_t j = 0; j < head_tile::size && i + j < valid; ++j) {
        if (score[j] > kept.floor()) kept.offer({position + static_cast<std::uint32_t>(i + j), score[j]});
      }
    }
  }

 private:
  std::vector<float> total_;
  std::vector<float> best_;
  std::vector<float> second_;
};

/// The best heads for every class in one pass over their class means, block by block; a matrix of heads and
/// classes never exists.
///
/// @param[in] fill `fill(y, first, count, out)` writes the means of class y of the heads `first, ...` in
///            `unit`s, at least 0; count is a multiple of `head_tile::size`, of which those beyond the
///            last head may be anything
/// Complexity: O(heads classes), over the backend. Memory: O(threads (classes block + keep)).
template <exec::execution_backend Backend, class Fill>
[[nodiscard]] std::vector<std::vector<screened_head>> screen_blocks(const Backend& backend,
                                                                    std::size_t classes, std::size_t heads,
                                                                    std::size_t keep, float unit,
                                                                    const Fill& fill) {
  constexpr std::size_t tile = head_tile::size;
  // As many heads as fit the second-level cache with all their class means.
  const std::size_t block = std::clamp<std::size_t>(65536 / classes / tile * tile, 2 * tile, 16 * tile);
  const std::size_t blocks = (heads + block - 1) / block;
  const std::size_t parts = std::min(std::max<std::size_t>(1, backend.concurrency()), blocks);
  std::vector<std::vector<best_heads>> found(parts);  // by part and class
  exec::for_each_index(backend, parts, [&](std::size_t part) {
    found[part].assign(classes, best_heads{keep});
    std::vector<float> means(classes * block);
    block_scores scores{block};
    for (std::size_t b = blocks * part / parts; b < blocks * (part + 1) / parts; ++b) {
      const std::size_t first = b * block;
      const std::size_t valid = std::min(block, heads - first);
      const std::size_t count = (valid + tile - 1) / tile * tile;
      scores.clear(count);
      for (std::size_t y = 0; y < classes; ++y) {
        fill(y, first, count, means.data() + y * block);
        scores.add_class(means.data() + y * block, count);
      }
      for (std::size_t y = 0; y < classes; ++y) {
        scores.offer(means.data() + y * block, count, valid, static_cast<float>(classes - 1), unit,
                     static_cast<std::uint32_t>(first), found[part][y]);
      }
    }
  });
  std::vector<std::vector<screened_head>> out(classes);
  exec::for_each_index(backend, classes, [&](std::size_t y) {
    best_heads all{keep};
    for (auto& part : found) {
      for (const screened_head& head : part[y].take()) all.offer(head);
    }
    out[y] = all.take();
  });
  return out;
}

}  // namespace mll::detail
