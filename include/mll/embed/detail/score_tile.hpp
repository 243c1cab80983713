// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include "mll/core/matrix.hpp"
#if defined(__F16C__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace mll::detail {

/// The number of floats in a vector register.
#if defined(__AVX512F__)
inline constexpr std::size_t lane_count = 16;
#elif defined(__AVX__)
inline constexpr std::size_t lane_count = 8;
#else
inline constexpr std::size_t lane_count = 4;
#endif
// Sums stay in registers only if the loops of constant length around them are unrolled.
#if defined(__clang__)
#define MLL_UNROLL_LANES _Pragma("clang loop unroll(full)")
#else
#define MLL_UNROLL_LANES _Pragma("GCC unroll 16")
#endif
/// A vector register, by the vector extension of g++ and clang: an expression of Eigen cannot inspect
/// products while they are in registers.
using lanes [[gnu::vector_size(lane_count * sizeof(float))]] = float;

[[nodiscard]] inline lanes load_lanes(const float* from) {
  lanes out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

/// The sum of all lanes, half onto half.
[[nodiscard]] inline float sum_of(const lanes& values) {
  using quad [[gnu::vector_size(4 * sizeof(float))]] = float;
  quad sums[lane_count / 4];
  std::memcpy(sums, &values, sizeof sums);
  if constexpr (lane_count == 16) {
    sums[0] += sums[2];
    sums[1] += sums[3];
  }
  if constexpr (lane_count >= 8) sums[0] += sums[1];
  return (sums[0][0] + sums[0][2]) + (sums[0][1] + sums[0][3]);
}

/// Rows multiplied with two registers of queries at a time: as many as the registers allow.
inline constexpr std::size_t rows_at_once = lane_count == 16 ? 12 : 6;

/// Converts half to single precision, a register at a time where the processor supports it. (Eigen 3.4 does
/// not detect the support under g++.)
/// @param[in]  from `[count]`
/// @param[out] to   `[count]`
inline void widen(const Eigen::half* from, std::size_t count, float* to) {
  std::size_t i = 0;
#if defined(__AVX512F__)
  for (; i + 16 <= count; i += 16) {
    const __m256i some = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
    _mm512_storeu_ps(to + i, _mm512_cvtph_ps(some));
  }
#elif defined(__F16C__)
  for (; i + 8 <= count; i += 8) {
    const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    _mm256_storeu_ps(to + i, _mm256_cvtph_ps(some));
  }
#endif
  for (; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

/// Queries transposed, so that a register holds one coordinate of `lane_count` queries; in panels of one or
/// two registers, padded with zeros.
class query_panels {
 public:
  explicit query_panels(const const_matrix_ref<float>& queries)
      : dimension_{static_cast<std::size_t>(queries.cols())} {
    const auto count = static_cast<std::size_t>(queries.rows());
    for (std::size_t first = 0; first < count;) {
      const std::size_t registers = count - first > lane_count ? 2 : 1;
      first_.push_back(first);
      first += registers * lane_count;
    }
    first_.push_back(first_.empty() ? 0 : first_.back() + width_of_last(count));
    values_.setZero(static_cast<Eigen::Index>(first_.back() * dimension_));
    for (std::size_t p = 0; p < size(); ++p) {
      float* out = values_.data() + first_[p] * dimension_;
      for (std::size_t j = 0; j < width(p) && first_[p] + j < count; ++j) {
        const float* query = queries.row(static_cast<Eigen::Index>(first_[p] + j)).data();
        for (std::size_t d = 0; d < dimension_; ++d) out[d * width(p) + j] = query[d];
      }
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return first_.size() - 1; }
  /// Number of the first query of a panel; for `size()`, the number of queries with padding.
  [[nodiscard]] std::size_t first(std::size_t panel) const noexcept { return first_[panel]; }
  [[nodiscard]] std::size_t width(std::size_t panel) const noexcept {
    return first_[panel + 1] - first_[panel];
  }
  /// `[dimension, width]`
  [[nodiscard]] const float* data(std::size_t panel) const noexcept {
    return values_.data() + first_[panel] * dimension_;
  }

 private:
  [[nodiscard]] std::size_t width_of_last(std::size_t count) const {
    return count - first_.back() > lane_count ? 2 * lane_count : lane_count;
  }

  std::size_t dimension_;
  std::vector<std::size_t> first_;
  Eigen::VectorXf values_;
};

/// Inner products of `rows_at_once` rows with a panel, summed in the order of the coordinates, so that they
/// do not depend on the position of row and query. Prefetches the next rows one after the other: the hardware
/// prefetcher cannot follow this many streams.
/// @param[in]  rows  `[rows_at_once, dimension]`, `stride` apart
/// @param[in]  panel `[dimension, Registers * lane_count]`
/// @param[in]  next  `[rows_at_once * dimension]`, need not be readable
/// @param[out] tile  `[rows_at_once, Registers * lane_count]`
template <std::size_t Registers>
void score_tile(const float* rows, std::size_t stride, const float* panel, std::size_t dimension,
                const float* next, float* tile) {
  lanes sums[rows_at_once][Registers] = {};
  for (std::size_t d = 0; d < dimension; ++d) {
    __builtin_prefetch(next + d * rows_at_once);
    lanes query[Registers];
    MLL_UNROLL_LANES
    for (std::size_t j = 0; j < Registers; ++j) query[j] = load_lanes(panel + j * lane_count);
    panel += Registers * lane_count;
    MLL_UNROLL_LANES
    for (std::size_t r = 0; r < rows_at_once; ++r) {
      const float value = rows[r * stride + d];
      MLL_UNROLL_LANES
      for (std::size_t j = 0; j < Registers; ++j) sums[r][j] += value * query[j];
    }
  }
  MLL_UNROLL_LANES
  for (std::size_t r = 0; r < rows_at_once; ++r) {
    MLL_UNROLL_LANES
    for (std::size_t j = 0; j < Registers; ++j) {
      std::memcpy(tile + (r * Registers + j) * lane_count, &sums[r][j], sizeof sums[r][j]);
    }
  }
}

/// Inner products of one row with a few queries, read along their coordinates: bound by the bandwidth of
/// memory, which is best read row by row.
/// @param[in]  row     `[dimension]`
/// @param[in]  queries `[Queries, dimension]`, `stride` apart
/// @param[out] scores  `[Queries]`
template <std::size_t Queries>
void score_row(const float* row, const float* queries, std::size_t stride, std::size_t dimension,
               float* scores) {
  constexpr std::size_t chains = Queries == 1 ? 4 : 2;  // of sums, to hide the latency of the operation
  lanes sums[chains][Queries] = {};
  std::size_t d = 0;
  for (; d + chains * lane_count <= dimension; d += chains * lane_count) {
    MLL_UNROLL_LANES
    for (std::size_t c = 0; c < chains; ++c) {
      const lanes some = load_lanes(row + d + c * lane_count);
      MLL_UNROLL_LANES
      for (std::size_t j = 0; j < Queries; ++j) {
        sums[c][j] += some * load_lanes(queries + j * stride + d + c * lane_count);
      }
    }
  }
  MLL_UNROLL_LANES
  for (std::size_t j = 0; j < Queries; ++j) {
    MLL_UNROLL_LANES
    for (std::size_t c = 1; c < chains; ++c) sums[0][j] += sums[c][j];
    float sum = sum_of(sums[0][j]);
    for (std::size_t i = d; i < dimension; ++i) sum += row[i] * queries[j * stride + i];
    scores[j] = sum;
  }
}

}  // namespace mll::detail

#undef MLL_UNROLL_LANES
