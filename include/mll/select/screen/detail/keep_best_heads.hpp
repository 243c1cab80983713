// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/screen/detail/screening_kernels.hpp"

namespace mll::detail {

/// Keeps the best of the heads found for a class, in order; one block per class. A head that was found twice
/// is kept once.
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
      std::uint32_t valid;
      std::uint32_t repeated;
    };
    memory& shared = block.template shared<memory>();
    std::uint64_t* const kept = shared.keys;
    const std::size_t y = block.index();
    const std::uint64_t* const keys = found.keys + y * found.capacity;
    const std::uint32_t count = found.count[y] < found.capacity ? found.count[y] : found.capacity;
    std::uint32_t held = 0;
    std::uint32_t seen = 0;
    do {  // at least once: `count` and `best` are written even if nothing was found
      const std::uint32_t more = count - seen < at_once - held ? count - seen : at_once - held;
      block.each_thread([&](unsigned t) {
        for (std::uint32_t i = held + t; i < at_once; i += threads)
          kept[i] = i - held < more ? keys[seen + i - held] : no_head;
        if (t == 0) shared.valid = shared.repeated = 0;
      });
      block.sort(kept);
      seen += more;
      const std::uint32_t valid = drop_repeated(block, shared);
      held = valid < max_heads ? valid : max_heads;
    } while (seen < count);
    block.each_thread([&](unsigned t) {
      for (std::uint32_t i = t; i < held; i += threads) {
        found.keys[y * found.capacity + i] = kept[i];
        best[y * max_heads + i] = kept[i];
      }
      if (t != 0) return;
      found.count[y] = held;
      if (held == max_heads)
        found.floor[y] = {score_of(kept[max_heads - 1]), static_cast<std::uint32_t>(kept[max_heads - 1])};
    });
  }

 private:
  // Returns the number of different heads, which come first.
  template <class Block, class Memory>
  MLL_DEVICE std::uint32_t drop_repeated(Block& block, Memory& shared) const {
    std::uint64_t* const kept = shared.keys;
    constexpr unsigned per_thread = at_once / threads;
    typename Block::template registers<std::uint32_t> marks;
    block.each_thread([&](unsigned t) {
      std::uint32_t valid = 0;
      std::uint32_t repeated = 0;
      marks[t] = 0;
      for (unsigned k = 0; k < per_thread; ++k) {
        const unsigned i = t * per_thread + k;
        if (kept[i] == no_head) continue;
        if (i != 0 && kept[i] == kept[i - 1]) {
          marks[t] |= 1U << k;
          ++repeated;
        } else {
          ++valid;
        }
      }
      if (valid != 0) exec::detail::atomic_add(shared.valid, valid);
      if (repeated != 0) exec::detail::atomic_add(shared.repeated, repeated);
    });
    const bool has_repeated = shared.repeated != 0;
    const std::uint32_t valid = shared.valid;
    block.each_thread([](unsigned) {});  // all have read them
    if (has_repeated) {
      block.each_thread([&](unsigned t) {
        for (unsigned k = 0; k < per_thread; ++k) {
          if ((marks[t] >> k & 1U) != 0) kept[t * per_thread + k] = no_head;
        }
      });
      block.sort(kept);
    }
    return valid;
  }
};

}  // namespace mll::detail
