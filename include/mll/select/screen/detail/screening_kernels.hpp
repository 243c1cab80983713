// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/label/statistics/detail/statistics_view.hpp"

namespace mll::detail {

/// An evidence node of a class, class by class, for `screen_heads`.
struct alignas(8) node_entry {
  std::uint32_t node = 0;
  std::uint16_t weight = 0;
  std::uint16_t is_last = 0;  // of its class
};

/// Sort key of a head, ascending: by decreasing score, then by position.
MLL_HOST_DEVICE inline std::uint64_t key_of(float score, std::uint32_t position) {
  const auto bits = __builtin_bit_cast(std::uint32_t, score + 0.0F);  // -0 is 0
  const std::uint32_t upwards = (bits >> 31U) != 0 ? ~bits : bits | 0x80000000U;
  return (static_cast<std::uint64_t>(~upwards) << 32U) | position;
}
MLL_HOST_DEVICE inline float score_of(std::uint64_t key) {
  const std::uint32_t upwards = ~static_cast<std::uint32_t>(key >> 32U);
  return __builtin_bit_cast(float, (upwards >> 31U) != 0 ? upwards & 0x7FFFFFFFU : ~upwards);
}

/// The key of a slot without a head: after all others.
inline constexpr std::uint64_t no_head = ~std::uint64_t{0};

/// The worst head kept for a class: heads after it in the order of `key_of` are ignored.
struct alignas(8) score_floor {
  float score = 0;
  std::uint32_t position = 0;

  [[nodiscard]] MLL_DEVICE bool admits(float other, std::uint32_t head) const {
    return other > score || (other == score && head < position);
  }
};

/// The heads found for each class.
struct found_heads {
  score_floor* floor = nullptr;       ///< `[classes + 1]`
  std::uint32_t* count = nullptr;     ///< `[classes]`: found so far, including the overflow
  std::uint64_t* keys = nullptr;      ///< `[classes, capacity]`
  std::uint32_t* overflow = nullptr;  ///< number of heads beyond the capacity
  std::uint32_t capacity = 0;

  MLL_DEVICE void add(std::uint32_t y, float score, std::uint32_t head) const {
    const std::uint32_t slot = exec::detail::atomic_add(count[y], 1U);
    if (slot < capacity) {
      keys[static_cast<std::size_t>(y) * capacity + slot] = key_of(score, head);
    } else {
      exec::detail::atomic_add(*overflow, 1U);
    }
  }
};

/// Terms of the reuse score of one head: its greatest and second greatest mean and the sum over all classes.
/// Sums of the host are taken in the same order, so that scores are equal bit for bit.
struct rival_terms {
  float best = 0;
  float second = 0;
  float total = 0;

  MLL_DEVICE void add(float mean) {
    total += mean;
    second = exec::detail::greater(second, exec::detail::lesser(best, mean));
    best = exec::detail::greater(best, mean);
  }
  /// @param[in] rivals number of classes minus 1
  [[nodiscard]] MLL_DEVICE float score(float mean, float rivals, float unit) const {
    const float rival = mean == best ? second : best;
    return unit * (mean - 0.5F * (rival + (total - mean) / rivals));
  }
};

/// Units of adjacent heads from all over a hub, in an order that does not follow the hub's. The first units
/// of the hub can come before: of heads with equal scores the first ones are kept.
struct head_order {
  std::uint32_t groups_per_unit = 16;  ///< of four heads
  std::uint32_t prefix = 0;            ///< units of the hub that come first
  std::uint32_t first = 0;             ///< the i-th of the others is `(first + i) step % modulus` strides
  std::uint32_t units = 0;             ///< with the prefix
  std::uint32_t modulus = 1;
  std::uint32_t step = 1;  ///< without a common factor with the modulus
  std::uint32_t stride = 1;

  [[nodiscard]] MLL_HOST_DEVICE std::uint32_t groups() const { return units * groups_per_unit; }
  /// Place in the hub of the i-th group of four heads.
  [[nodiscard]] MLL_HOST_DEVICE std::uint32_t group(std::uint32_t i) const {
    if (i < prefix * groups_per_unit) return i;
    const std::uint32_t other = i / groups_per_unit - prefix;
    const std::uint64_t unit = static_cast<std::uint64_t>(first + other) * step % modulus;
    return static_cast<std::uint32_t>(unit * stride) * groups_per_unit + i % groups_per_unit;
  }
  /// For an order of all units up to the modulus: whether a group is among them.
  [[nodiscard]] MLL_HOST_DEVICE bool contains(std::uint32_t group) const {
    const std::uint32_t unit = group / groups_per_unit;
    return unit < prefix || (unit % stride == 0 && unit / stride < modulus);
  }
};

/// Reuse scores of a range of heads for all classes, in one pass over the rows of the evidence nodes. Heads
/// that the floor of a class admits are added to `found`.
///
/// One thread scores four heads. The mean of a class and the greatest mean before it bound the score from
/// above, so that few classes per head are remembered until the score is known. Rival classes have at least
/// the minimum mean of the head over all nodes, which counts where heads respond everywhere. If a head has
/// more than `remembered`, the rows are read again.
///
/// Results equal the host's pass over `node_statistics` bit for bit: sums of products are integers below
/// 2^24, and all other sums are taken in the same order.
struct screen_heads {
  static constexpr unsigned threads = 64;
  static constexpr unsigned heads_per_thread = 4;
  static constexpr unsigned heads_per_block = threads * heads_per_thread;
  static constexpr unsigned rows_at_once = 16;  ///< loads in flight before the first is used
  static constexpr unsigned remembered = 8;     ///< classes per head
  /// Adjacent blocks that are processed together, so that reads of memory are long.
  static constexpr unsigned blocks_per_chunk = 16;

  statistics_view statistics;
  const node_entry* entries = nullptr;  ///< count: a multiple of `rows_at_once`; padding has weight 0
  std::uint32_t entry_count = 0;
  head_order order;      ///< of chunks of blocks
  head_order done;       ///< heads to leave out
  float min_weight = 0;  ///< factor of the minimum means: a lower bound of every mean
  float rivals = 1;      ///< classes - 1
  float unit = 1;
  found_heads found;
  std::uint32_t* crowded = nullptr;  ///< threads that read twice; null: not counted

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint32_t of_class[remembered][heads_per_block];
      float mean[remembered][heads_per_block];
    };
    memory& list = block.template shared<memory>();
    const std::uint64_t first = std::uint64_t{heads_per_thread} * order.group(block.index() * threads);
    block.each_thread([&](unsigned t) {
      if (first + t * heads_per_thread >= statistics.heads) return;
      const auto head = static_cast<std::uint32_t>(first) + t * heads_per_thread;
      if (done.contains(head / heads_per_thread)) return;
      const four_means lowest = statistics.min_mean[head / heads_per_thread];
      rival_terms terms[heads_per_thread];
      float floor_mean[heads_per_thread];
      std::uint32_t promising[heads_per_thread] = {};
      MLL_UNROLL
      for (unsigned v = 0; v < heads_per_thread; ++v) {
        // No mean is lower, so that the two greatest stay what they are.
        floor_mean[v] = min_weight * static_cast<float>(lowest.of[v]);
        terms[v].best = terms[v].second = floor_mean[v];
      }
      float floor_score = found.floor[0].score;  // of the class, loaded one class ahead
      each_class(head, [&](std::uint32_t y, const std::uint32_t* sums) {
        float mean[heads_per_thread];
        bool may_pass = false;  // of the four heads, so that there is one branch, which is rarely taken
        float bound[heads_per_thread];
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v) {
          mean[v] = static_cast<float>(sums[v]);
          bound[v] = unit * (mean[v] - 0.5F * (terms[v].best + floor_mean[v]));
          may_pass |= bound[v] >= floor_score;
        }
        floor_score = found.floor[y + 1].score;
        if (may_pass) {
          const score_floor floor = found.floor[y];
          MLL_UNROLL
          for (unsigned v = 0; v < heads_per_thread; ++v) {
            if (!floor.admits(bound[v], head + v)) continue;
            if (promising[v] < remembered) {
              list.of_class[promising[v]][v * threads + t] = y;
              list.mean[promising[v]][v * threads + t] = mean[v];
            }
            ++promising[v];
          }
        }
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v) terms[v].add(mean[v]);
      });
      bool is_crowded = false;
      MLL_UNROLL
      for (unsigned v = 0; v < heads_per_thread; ++v) {
        if (head + v >= statistics.heads) continue;
        if (promising[v] > remembered) {
          is_crowded = true;
          continue;
        }
        for (std::uint32_t i = 0; i < promising[v]; ++i)
          offer(list.of_class[i][v * threads + t], terms[v], list.mean[i][v * threads + t], head + v);
      }
      if (!is_crowded) return;
      if (crowded != nullptr) exec::detail::atomic_add(*crowded, 1U);
      each_class(head, [&](std::uint32_t y, const std::uint32_t* sums) {
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v) {
          if (promising[v] > remembered && head + v < statistics.heads)
            offer(y, terms[v], static_cast<float>(sums[v]), head + v);
        }
      });
    });
  }

 private:
  MLL_DEVICE void offer(std::uint32_t y, const rival_terms& terms, float mean, std::uint32_t head) const {
    const float score = terms.score(mean, rivals, unit);
    if (found.floor[y].admits(score, head)) found.add(y, score, head);
  }

  // Calls f(y, sums of four heads) class by class.
  template <class F>
  MLL_DEVICE void each_class(std::uint32_t head, const F& f) const {
    // Offsets in bytes: one multiplication finds a row.
    const auto* const column =
        reinterpret_cast<const unsigned char*>(statistics.column(head / heads_per_thread));
    const auto row_bytes = static_cast<std::uint32_t>(statistics.stride * sizeof(four_means));
    std::uint32_t sums[heads_per_thread] = {};
    std::uint32_t y = 0;
    for (std::uint32_t first = 0; first < entry_count; first += rows_at_once) {
      node_entry entry[rows_at_once];
      four_means row[rows_at_once];
      MLL_UNROLL
      for (unsigned i = 0; i < rows_at_once; ++i) {
        entry[i] = entries[first + i];
        row[i] = *reinterpret_cast<const four_means*>(column + std::uint64_t{entry[i].node} * row_bytes);
      }
      MLL_UNROLL
      for (unsigned i = 0; i < rows_at_once; ++i) {
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v)
          sums[v] += static_cast<std::uint32_t>(entry[i].weight) * row[i].of[v];
        if (entry[i].is_last == 0) continue;
        f(y++, sums);
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v) sums[v] = 0;
      }
    }
  }
};

}  // namespace mll::detail
