// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

/// The heads found for each class.
struct found_heads {
  float* floor = nullptr;             ///< `[classes]`: lower scores are ignored
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

/// Reuse scores of a range of heads for all classes, in one pass over the rows of the evidence nodes. Scores
/// above the floor of their class are added to `found`.
///
/// One thread scores four heads. The mean of a class and the greatest mean before it bound the score from
/// above, so that few classes per head are remembered until the score is known. If a head has more than
/// `remembered`, the rows are read again.
///
/// Results equal the host's pass over `node_statistics` bit for bit: sums of products are integers below
/// 2^24, and all other sums are taken in the same order.
struct screen_heads {
  static constexpr unsigned threads = 64;
  static constexpr unsigned heads_per_thread = 4;
  static constexpr unsigned heads_per_block = threads * heads_per_thread;
  static constexpr unsigned rows_at_once = 16;  ///< loads in flight before the first is used
  static constexpr unsigned remembered = 4;     ///< classes per head

  const four_means* statistics = nullptr;  ///< `[nodes, stride]`
  std::size_t stride = 0;
  const node_entry* entries = nullptr;  ///< count: a multiple of `rows_at_once`; padding has weight 0
  std::uint32_t entry_count = 0;
  std::uint32_t first_head = 0;  ///< a multiple of `heads_per_thread`
  std::uint32_t end_head = 0;
  float rivals = 1;  ///< classes - 1
  float unit = 1;
  found_heads found;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint32_t of_class[remembered][heads_per_block];
      float mean[remembered][heads_per_block];
    };
    memory& list = block.template shared<memory>();
    block.each_thread([&](unsigned t) {
      const std::uint32_t head = first_head + block.index() * heads_per_block + t * heads_per_thread;
      if (head >= end_head) return;
      float total[heads_per_thread] = {};
      float best[heads_per_thread] = {};
      float second[heads_per_thread] = {};
      std::uint32_t promising[heads_per_thread] = {};
      each_class(head, [&](std::uint32_t y, const std::uint32_t* sums) {
        const float floor = found.floor[y];
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v) {
          const auto mean = static_cast<float>(sums[v]);
          if (unit * (mean - 0.5F * best[v]) > floor) {
            if (promising[v] < remembered) {
              list.of_class[promising[v]][v * threads + t] = y;
              list.mean[promising[v]][v * threads + t] = mean;
            }
            ++promising[v];
          }
          total[v] += mean;
          const float lower = mean < best[v] ? mean : best[v];
          second[v] = second[v] > lower ? second[v] : lower;
          best[v] = best[v] > mean ? best[v] : mean;
        }
      });
      const auto score = [&](unsigned v, float mean) {
        const float rival = mean == best[v] ? second[v] : best[v];
        return unit * (mean - 0.5F * (rival + (total[v] - mean) / rivals));
      };
      bool is_crowded = false;
      MLL_UNROLL
      for (unsigned v = 0; v < heads_per_thread; ++v) {
        if (head + v >= end_head) continue;
        if (promising[v] > remembered) {
          is_crowded = true;
          continue;
        }
        for (std::uint32_t i = 0; i < promising[v]; ++i) {
          const std::uint32_t y = list.of_class[i][v * threads + t];
          const float value = score(v, list.mean[i][v * threads + t]);
          if (value > found.floor[y]) found.add(y, value, head + v);
        }
      }
      if (!is_crowded) return;
      each_class(head, [&](std::uint32_t y, const std::uint32_t* sums) {
        MLL_UNROLL
        for (unsigned v = 0; v < heads_per_thread; ++v) {
          if (promising[v] <= remembered || head + v >= end_head) continue;
          const float value = score(v, static_cast<float>(sums[v]));
          if (value > found.floor[y]) found.add(y, value, head + v);
        }
      });
    });
  }

 private:
  // Calls f(y, sums of four heads) class by class.
  template <class F>
  MLL_DEVICE void each_class(std::uint32_t head, const F& f) const {
    const four_means* column = statistics + head / heads_per_thread;
    std::uint32_t sums[heads_per_thread] = {};
    std::uint32_t y = 0;
    for (std::uint32_t first = 0; first < entry_count; first += rows_at_once) {
      node_entry entry[rows_at_once];
      four_means row[rows_at_once];
      MLL_UNROLL
      for (unsigned i = 0; i < rows_at_once; ++i) {
        entry[i] = entries[first + i];
        row[i] = column[entry[i].node * stride];
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

/// Keeps the best of the heads found for a class, in order; one block per class.
struct keep_best_heads {
  static constexpr unsigned threads = 256;
  static constexpr unsigned at_once = 8 * threads;

  found_heads found;
  std::uint32_t max_heads = 1;    ///< at most half of `at_once`
  std::uint64_t* best = nullptr;  ///< `[classes, max_heads]`

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    struct memory {
      std::uint64_t keys[at_once];
    };
    std::uint64_t* const kept = block.template shared<memory>().keys;
    const std::size_t y = block.index();
    const std::uint64_t* const keys = found.keys + y * found.capacity;
    const std::uint32_t count = found.count[y] < found.capacity ? found.count[y] : found.capacity;
    std::uint32_t held = 0;
    std::uint32_t seen = 0;
    do {  // at least once: `count` and `best` are written even if nothing was found
      const std::uint32_t more = count - seen < at_once - held ? count - seen : at_once - held;
      block.each_thread([&](unsigned t) {
        for (std::uint32_t i = held + t; i < at_once; i += threads)
          kept[i] = i - held < more ? keys[seen + i - held] : ~std::uint64_t{0};
      });
      block.sort(kept);
      seen += more;
      held = held + more < max_heads ? held + more : max_heads;
    } while (seen < count);
    block.each_thread([&](unsigned t) {
      for (std::uint32_t i = t; i < held; i += threads) {
        found.keys[y * found.capacity + i] = kept[i];
        best[y * max_heads + i] = kept[i];
      }
      if (t != 0) return;
      found.count[y] = held;
      if (held == max_heads) found.floor[y] = score_of(kept[max_heads - 1]);
    });
  }
};

}  // namespace mll::detail
