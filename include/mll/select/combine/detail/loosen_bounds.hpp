// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

namespace mll::detail {

/// After a change, adds the drift to the upper bound of each class. One warp per class.
struct loosen_bounds {
  static constexpr unsigned threads = 256;
  static constexpr unsigned classes_per_block = threads / 32;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const std::uint32_t changed = state.control->changed;
    if (changed == no_class || state.control->mode == search_mode::done) return;
    typename Block::template registers<double> sum;
    typename Block::template registers<lazy_class> lazy;
    block.each_thread([&](unsigned t) {
      sum[t] = 0;
      const std::uint32_t z = block.index() * classes_per_block + t / 32;
      if (z >= state.classes) return;
      lazy[t] = state.lazy[z];
      const std::uint64_t* const confusion = state.confusion + static_cast<std::size_t>(z) * state.classes;
      constexpr unsigned at_once = 16;  // loads in flight
      for (std::uint32_t first = t % 32; first < state.classes; first += 32 * at_once) {
        std::uint64_t share[at_once], change[at_once];
        MLL_UNROLL
        for (unsigned k = 0; k < at_once; ++k) {
          const std::uint32_t target = first + 32 * k < state.classes ? first + 32 * k : first;
          share[k] = confusion[target];
          change[k] = state.mean_change[target];
        }
        MLL_UNROLL
        for (unsigned k = 0; k < at_once; ++k) {
          if (first + 32 * k < state.classes)
            sum[t] += exec::detail::from_fixed(share[k]) * exec::detail::from_fixed(change[k]);
        }
      }
    });
    block.warp_sum(sum);
    block.each_thread([&](unsigned t) {
      const std::uint32_t z = block.index() * classes_per_block + t / 32;
      if (t % 32 != 0 || z >= state.classes) return;
      // Positive even where nothing changed, so that every move is evaluated before it is made.
      constexpr double rounding = 1e-9;
      if (z == changed || state.bound_inflation == unlimited) {
        lazy[t].reset();
      } else {
        lazy[t].loosen(rounding + state.bound_inflation * sum[t]);
      }
      state.lazy[z] = lazy[t];
    });
  }
};

}  // namespace mll::detail
