// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "mll/select/screen/detail/screening_kernels.hpp"

namespace mll::detail {

inline constexpr unsigned means_at_once = 16;

/// Calls `f(first class, means)` for the means of the i-th head of a matrix `[classes, heads]`, sixteen
/// classes at a time; beyond the last class, its mean is repeated.
template <class F>
MLL_DEVICE void each_means(const float* means, std::uint32_t classes, std::uint32_t heads, std::uint32_t i,
                           const F& f) {
  for (std::uint32_t first = 0; first < classes; first += means_at_once) {
    float mean[means_at_once];
    MLL_UNROLL
    for (unsigned k = 0; k < means_at_once; ++k) {
      const std::uint32_t y = first + k < classes ? first + k : classes - 1;
      mean[k] = means[static_cast<std::size_t>(y) * heads + i];
    }
    f(first, mean);
  }
}

/// Matrix of class means of some heads; one block per class and 64 groups.
struct matrix_means {
  static constexpr unsigned threads = 64;

  statistics_view statistics;
  const node_entry* entries = nullptr;
  const std::uint32_t* first_entry = nullptr;  ///< `[classes + 1]`
  std::uint32_t classes = 0;
  head_order order;
  float* means = nullptr;  ///< `[classes, 4 groups]`

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const std::uint32_t y = block.index() % classes;
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = block.index() / classes * threads + t;
      if (i >= order.groups()) return;
      const std::uint32_t group = order.group(i);
      std::uint32_t sums[4] = {};
      if (group < statistics.groups()) {
        const four_means* const column = statistics.column(group);
        for (std::uint32_t e = first_entry[y]; e < first_entry[y + 1]; ++e) {
          const node_entry entry = entries[e];
          const four_means row = column[entry.node * statistics.stride];
          MLL_UNROLL
          for (unsigned v = 0; v < 4; ++v) sums[v] += static_cast<std::uint32_t>(entry.weight) * row.of[v];
        }
      }
      float* const to = means + (static_cast<std::size_t>(y) * order.groups() + i) * 4;
      MLL_UNROLL
      for (unsigned v = 0; v < 4; ++v) to[v] = static_cast<float>(sums[v]);
    });
  }
};

/// Rival terms of the heads of a matrix; one thread per head.
struct matrix_rivals {
  static constexpr unsigned threads = 64;

  const float* means = nullptr;  ///< `[classes, heads]`
  std::uint32_t classes = 0;
  std::uint32_t heads = 0;
  rival_terms* terms = nullptr;  ///< `[heads]`

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = block.index() * threads + t;
      if (i >= heads) return;
      rival_terms out;
      each_means(means, classes, heads, i, [&](std::uint32_t y, const float* mean) {
        MLL_UNROLL
        for (unsigned k = 0; k < means_at_once; ++k) {
          if (y + k < classes) out.add(mean[k]);
        }
      });
      terms[i] = out;
    });
  }
};

/// Counts the heads of a matrix, those of the prefix left out, that would be promising for more classes than
/// `screen_heads` remembers; one thread per head.
struct matrix_crowding {
  static constexpr unsigned threads = 64;

  const float* means = nullptr;  ///< `[classes, heads]`
  statistics_view statistics;
  std::uint32_t classes = 0;
  head_order order;
  float min_weight = 0;
  float unit = 1;
  std::uint32_t remembered = 0;
  const score_floor* floor = nullptr;  ///< `[classes]`
  std::uint32_t* crowded = nullptr;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = block.index() * threads + t;
      const std::uint32_t heads = 4 * order.groups();
      if (i < 4 * order.prefix * order.groups_per_unit || i >= heads ||
          order.group(i / 4) >= statistics.groups())
        return;
      const std::uint32_t head = order.group(i / 4) * 4 + i % 4;
      const float floor_mean = min_weight * static_cast<float>(statistics.min_mean[head / 4].of[head % 4]);
      float best = floor_mean;
      std::uint32_t promising = 0;
      each_means(means, classes, heads, i, [&](std::uint32_t first, const float* mean) {
        score_floor floors[means_at_once];  // loaded together
        MLL_UNROLL
        for (unsigned k = 0; k < means_at_once; ++k)
          floors[k] = floor[first + k < classes ? first + k : classes - 1];
        MLL_UNROLL
        for (unsigned k = 0; k < means_at_once; ++k) {
          if (first + k >= classes) continue;
          if (floors[k].admits(unit * (mean[k] - 0.5F * (best + floor_mean)), head)) ++promising;
          best = best > mean[k] ? best : mean[k];
        }
      });
      if (promising > remembered) exec::detail::atomic_add(*crowded, 1U);
    });
  }
};

/// Finds heads of a part of a matrix for all classes; one block per class and 256 groups.
struct matrix_scores {
  static constexpr unsigned threads = 256;

  const float* means = nullptr;        ///< `[classes, heads]`
  const rival_terms* terms = nullptr;  ///< `[heads]`
  std::uint32_t classes = 0;
  head_order order;
  head_order done;                ///< heads to leave out, if it has units
  std::uint32_t first_group = 0;  ///< of the matrix
  std::uint32_t end_group = 0;
  bool takes_all = false;      ///< a head has a slot of its own, so that nothing is counted
  std::uint32_t end_head = 0;  ///< number of heads of the hub
  float rivals = 1;
  float unit = 1;
  found_heads found;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const std::uint32_t y = block.index() % classes;
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = first_group + block.index() / classes * threads + t;
      if (i >= end_group) return;
      const std::uint32_t group = order.group(i);
      const score_floor floor = found.floor[y];
      const float* const mean = means + (static_cast<std::size_t>(y) * order.groups() + i) * 4;
      float score[4];
      MLL_UNROLL
      for (unsigned v = 0; v < 4; ++v)
        score[v] = terms[static_cast<std::size_t>(i) * 4 + v].score(mean[v], rivals, unit);
      if (takes_all) {
        std::uint64_t* const to =
            found.keys + static_cast<std::size_t>(y) * found.capacity + (i - first_group) * 4;
        for (unsigned v = 0; v < 4; ++v)
          to[v] = group * 4 + v < end_head ? key_of(score[v], group * 4 + v) : no_head;
        if (i == first_group) found.count[y] = (end_group - first_group) * 4;
      } else if (done.units == 0 || !done.contains(group)) {
        for (unsigned v = 0; v < 4; ++v) {
          if (group * 4 + v < end_head && floor.admits(score[v], group * 4 + v))
            found.add(y, score[v], group * 4 + v);
        }
      }
    });
  }
};

}  // namespace mll::detail
