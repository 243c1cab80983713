// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "mll/select/screen/detail/screening_kernels.hpp"

namespace mll::detail {

/// Memory and rounds of a screening on a device; tests choose small ones.
struct screening_sizes {
  std::size_t first = 2048;                    ///< heads of the first round, at least `max_heads`
  std::size_t matrix = std::size_t{1} << 25U;  ///< means of the sample, in numbers
  std::size_t spare = 8192;                    ///< slots per class for the heads of a round
};

/// Which heads of a hub are screened first on a device, and in which order the others follow.
struct screening_plan {
  static constexpr std::size_t groups_per_chunk =
      std::size_t{screen_heads::blocks_per_chunk} * screen_heads::threads;

  std::size_t first_round = 0;  ///< in groups of four heads
  std::size_t growth = 1;       ///< of a round over all before it
  head_order sample;
  head_order chunks;  ///< the whole hub; no units if the sample is the whole hub

  /// @param[in] heads   of the hub
  /// @param[in] classes of the task
  [[nodiscard]] static screening_plan of(std::size_t heads, std::size_t classes, std::size_t max_heads,
                                         const screening_sizes& sizes) {
    screening_plan out;
    const std::size_t groups = (heads + 3) / 4;
    if (groups == 0) return out;
    out.first_round = (std::max(sizes.first, max_heads) + 3) / 4;
    // A quarter of the memory per round for the expected number of heads.
    out.growth = std::clamp<std::size_t>(sizes.spare / (4 * max_heads), 1, 32);
    const std::size_t wanted = std::max(sizes.matrix / classes / 4, out.first_round);
    const std::size_t per_unit = out.sample.groups_per_unit;
    const std::size_t units = (groups + per_unit - 1) / per_unit;
    const std::size_t sampled = std::min(units, (wanted + per_unit - 1) / per_unit);
    // If not all units are sampled, half of the first round are the first heads of the hub.
    const std::size_t prefix = sampled == units ? 0 : std::min(sampled - 1, out.first_round / per_unit / 2);
    out.sample.prefix = static_cast<std::uint32_t>(prefix);
    out.sample.units = static_cast<std::uint32_t>(sampled);
    out.sample.modulus = static_cast<std::uint32_t>(sampled - prefix);
    out.sample.step = mixing_step(out.sample.modulus);
    out.sample.stride = static_cast<std::uint32_t>(units / out.sample.modulus);
    const std::size_t chunks = sampled == units ? 0 : (groups + groups_per_chunk - 1) / groups_per_chunk;
    out.chunks.groups_per_unit = static_cast<std::uint32_t>(groups_per_chunk);
    out.chunks.units = static_cast<std::uint32_t>(chunks);
    out.chunks.modulus = static_cast<std::uint32_t>(std::max<std::size_t>(1, chunks));
    out.chunks.step = mixing_step(out.chunks.modulus);
    return out;
  }

 private:
  // A step near the golden ratio spreads the parts of every round over the hub.
  static std::uint32_t mixing_step(std::size_t count) {
    std::size_t step = std::max<std::size_t>(1, count * 618 / 1000);
    while (std::gcd(step, count) != 1) ++step;
    return static_cast<std::uint32_t>(step);
  }
};

}  // namespace mll::detail
