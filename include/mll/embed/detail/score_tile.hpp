// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <vector>

#include "mll/core/matrix.hpp"
#if defined(__F16C__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace mll::detail {

/// A vector register. Eigen's internal packets: an expression cannot inspect products while they are in
/// registers.
using lanes = Eigen::internal::packet_traits<float>::type;
inline constexpr std::size_t lane_count = Eigen::internal::packet_traits<float>::size;
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
  namespace ei = Eigen::internal;
  lanes sums[rows_at_once][Registers];
  for (auto& row : sums) {
    for (auto& sum : row) sum = ei::pset1<lanes>(0.0F);
  }
  for (std::size_t d = 0; d < dimension; ++d) {
    ei::prefetch(next + d * rows_at_once);
    lanes query[Registers];
    for (std::size_t j = 0; j < Registers; ++j) query[j] = ei::pload<lanes>(panel + j * lane_count);
    panel += Registers * lane_count;
    for (std::size_t r = 0; r < rows_at_once; ++r) {
      const lanes value = ei::pset1<lanes>(rows[r * stride + d]);
      for (std::size_t j = 0; j < Registers; ++j) sums[r][j] = ei::pmadd(value, query[j], sums[r][j]);
    }
  }
  for (std::size_t r = 0; r < rows_at_once; ++r) {
    for (std::size_t j = 0; j < Registers; ++j) {
      ei::pstoreu(tile + (r * Registers + j) * lane_count, sums[r][j]);
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
  namespace ei = Eigen::internal;
  constexpr std::size_t chains = Queries == 1 ? 4 : 2;  // of sums, to hide the latency of the operation
  lanes sums[chains][Queries];
  for (auto& chain : sums) {
    for (auto& sum : chain) sum = ei::pset1<lanes>(0.0F);
  }
  std::size_t d = 0;
  for (; d + chains * lane_count <= dimension; d += chains * lane_count) {
    for (std::size_t c = 0; c < chains; ++c) {
      const lanes some = ei::ploadu<lanes>(row + d + c * lane_count);
      for (std::size_t j = 0; j < Queries; ++j) {
        const lanes query = ei::ploadu<lanes>(queries + j * stride + d + c * lane_count);
        sums[c][j] = ei::pmadd(some, query, sums[c][j]);
      }
    }
  }
  for (std::size_t j = 0; j < Queries; ++j) {
    for (std::size_t c = 1; c < chains; ++c) sums[0][j] = ei::padd(sums[0][j], sums[c][j]);
    float sum = ei::predux(sums[0][j]);
    for (std::size_t i = d; i < dimension; ++i) sum += row[i] * queries[j * stride + i];
    scores[j] = sum;
  }
}

}  // namespace mll::detail
