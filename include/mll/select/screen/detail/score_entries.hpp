// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/tuple.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include "mll/exec/detail/device_code.hpp"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/screening_kernels.hpp"

// Functors of `thrust_screening`. An entry is the score of a head for a class: a key and the head's position.
namespace mll::detail {

/// Sort key of an entry, ascending: by class, then by decreasing score.
MLL_HOST_DEVICE inline std::uint64_t entry_key(std::uint64_t y, float score) {
  return (y << 32U) | (key_of(score, 0) >> 32U);
}
MLL_HOST_DEVICE inline std::uint64_t class_of(std::uint64_t entry_key) {
  return entry_key >> 32U;
}
MLL_HOST_DEVICE inline float score_of_entry(std::uint64_t entry_key) {
  return score_of(entry_key << 32U);
}

/// Reuse scores of four adjacent heads for all classes. Results equal the host's pass over `node_statistics`
/// bit for bit: sums of products are integers below 2^24, and all other sums are taken in the same order.
struct score_four_heads {
  statistics_view statistics;
  std::size_t first_quad = 0;                 ///< of the chunk
  const weighted_position* nodes = nullptr;   ///< class by class
  const std::uint32_t* first_node = nullptr;  ///< `[classes + 1]`
  std::uint32_t classes = 0;
  std::size_t width = 0;  ///< heads of the chunk, a multiple of 4
  float unit = 1;
  float* scores = nullptr;  ///< `[classes, width]`

  MLL_HOST_DEVICE void operator()(std::uint32_t quad) const {
    const four_means* const column = statistics.column(first_quad + quad);
    float total[4] = {};
    float best[4] = {};
    float second[4] = {};
    for (std::uint32_t y = 0; y < classes; ++y) {
      std::uint32_t sums[4] = {};
      for (std::uint32_t k = first_node[y]; k < first_node[y + 1]; ++k) {
        const four_means here = column[nodes[k].node * statistics.stride];
        for (int v = 0; v < 4; ++v) sums[v] += static_cast<std::uint32_t>(nodes[k].weight) * here.of[v];
      }
      float* const of_class = scores + y * width + 4 * static_cast<std::size_t>(quad);
      for (int v = 0; v < 4; ++v) {
        const auto mean = static_cast<float>(sums[v]);
        total[v] += mean;
        const float lower = mean < best[v] ? mean : best[v];
        second[v] = second[v] > lower ? second[v] : lower;
        best[v] = best[v] > mean ? best[v] : mean;
        of_class[v] = mean;
      }
    }
    const auto rivals = static_cast<float>(classes - 1);
    for (std::uint32_t y = 0; y < classes; ++y) {
      float* const of_class = scores + y * width + 4 * static_cast<std::size_t>(quad);
      for (int v = 0; v < 4; ++v) {
        const float mean = of_class[v];
        const float rival = mean == best[v] ? second[v] : best[v];
        of_class[v] = unit * (mean - 0.5F * (rival + (total[v] - mean) / rivals));
      }
    }
  }
};

/// The scores of a chunk of heads.
struct score_table {
  const float* scores = nullptr;  ///< `[classes, width]`
  std::uint32_t width = 0;
  std::uint32_t first_head = 0;
  std::uint32_t head_count = 0;  ///< of the hub; the chunk may go beyond it

  MLL_HOST_DEVICE std::uint32_t class_at(std::uint32_t i) const { return i / width; }
  MLL_HOST_DEVICE std::uint32_t head_at(std::uint32_t i) const { return first_head + i % width; }
};

/// Entry `i` of a table.
struct entry_at {
  score_table table;

  MLL_HOST_DEVICE thrust::tuple<std::uint64_t, std::uint32_t> operator()(std::uint32_t i) const {
    return {entry_key(table.class_at(i), table.scores[i]), table.head_at(i)};
  }
};

struct is_above_floor {
  score_table table;
  const float* floor = nullptr;  ///< `[classes]`

  MLL_HOST_DEVICE bool operator()(std::uint32_t i) const {
    return table.head_at(i) < table.head_count && table.scores[i] > floor[table.class_at(i)];
  }
};

struct first_key_of_class {
  MLL_HOST_DEVICE std::uint64_t operator()(std::uint64_t y) const { return y << 32U; }
};

/// Whether sorted entry `i` is among the first `max_heads` of its class.
struct is_among_first {
  const std::uint64_t* keys = nullptr;
  const std::uint64_t* begin = nullptr;  ///< `[classes + 1]`: first entry of each class
  std::size_t max_heads = 1;

  MLL_HOST_DEVICE bool operator()(std::uint64_t i) const { return i - begin[class_of(keys[i])] < max_heads; }
};

/// The score that a further head of the class must exceed.
struct floor_of_class {
  static constexpr float no_floor = -std::numeric_limits<float>::infinity();

  const std::uint64_t* keys = nullptr;
  const std::uint64_t* begin = nullptr;
  std::size_t max_heads = 1;

  MLL_HOST_DEVICE float operator()(std::uint64_t y) const {
    if (begin[y + 1] - begin[y] < max_heads) return no_floor;
    return score_of_entry(keys[begin[y] + max_heads - 1]);
  }
};

}  // namespace mll::detail
