// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"

namespace mll::detail {

/// Four adjacent heads of a row of node statistics; one load of a thread.
struct alignas(8) four_means {
  std::uint16_t of[4];
};

/// Node statistics in device memory: rows of `four_means`.
struct statistics_view {
  const four_means* rows = nullptr;  ///< `[nodes, stride]`
  std::size_t nodes = 0;
  std::size_t heads = 0;
  std::size_t stride = 0;  ///< in `four_means`
  /// `[stride]`: minimum mean of each head over all nodes; only the kernels of screening read it.
  const four_means* min_mean = nullptr;

  [[nodiscard]] MLL_HOST_DEVICE std::size_t groups() const { return (heads + 3) / 4; }
  /// The means of the i-th four heads at node 0; those at the next node are `stride` further.
  [[nodiscard]] MLL_HOST_DEVICE const four_means* column(std::size_t i) const { return rows + i; }
};

/// Computes the minimum mean of each head over all nodes; one thread per four heads.
struct min_means {
  static constexpr unsigned threads = 128;

  statistics_view statistics;
  four_means* min_mean = nullptr;  ///< `[stride]`

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    block.each_thread([&](unsigned t) {
      const std::size_t group = static_cast<std::size_t>(block.index()) * threads + t;
      if (group >= statistics.groups()) return;
      const four_means* const column = statistics.column(group);
      const std::size_t nodes = statistics.nodes;
      four_means out = {{65535, 65535, 65535, 65535}};
      constexpr unsigned at_once = 16;
      for (std::size_t first = 0; first < nodes; first += at_once) {
        four_means row[at_once];
        MLL_UNROLL
        for (unsigned i = 0; i < at_once; ++i)
          row[i] = column[(first + i < nodes ? first + i : nodes - 1) * statistics.stride];
        MLL_UNROLL
        for (unsigned i = 0; i < at_once; ++i) {
          MLL_UNROLL
          for (unsigned v = 0; v < 4; ++v) out.of[v] = row[i].of[v] < out.of[v] ? row[i].of[v] : out.of[v];
        }
      }
      min_mean[group] = out;
    });
  }
};

}  // namespace mll::detail
