// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/profile/detail/scatter.hpp"

namespace mll::detail {

/// Adds to sums those of the other ranks, if the hub is divided among ranks.
using sum_over_ranks = std::function<void(std::span<std::int64_t>)>;

/// The responses of one share of a hub.
struct centred_share {
  matrix<float> responses;                  // [rows, columns], less the means of their nodes
  std::vector<std::size_t> positions = {};  // of the columns among the dimensions of the hub
  std::size_t counted = 0;                  // columns that count; the others are those of another share, too
};

/// Sums `sum_c x_rc w_ck` of integers, exact, so that they do not depend on the order of the columns.
/// Doubles hold the sums of one tile exactly: 2^13 2^20 2^9 < 2^53.
/// @param[in]     unit    of the integers that stand for responses; at most 2^13 units are used
/// @param[in]     weights `[columns, rank]`: integers of at most 2^20
/// @param[in,out] sums    `[rows, rank]`
MLL_LOCAL void add_products(exec::backend_ref backend, const centred_share& share, double unit,
                            const matrix<double>& weights, std::span<std::int64_t> sums) {
  constexpr std::size_t rows_together = 128;
  constexpr std::size_t columns_together = 512;
  constexpr double most = 8191;
  const auto rows = static_cast<std::size_t>(share.responses.rows());
  const auto rank = static_cast<std::size_t>(weights.cols());
  exec::for_each_index(backend, (rows + rows_together - 1) / rows_together, [&](std::size_t block) {
    const std::size_t first_row = block * rows_together;
    const std::size_t height = std::min(rows_together, rows - first_row);
    for (std::size_t first = 0; first < share.counted; first += columns_together) {
      const std::size_t width = std::min(columns_together, share.counted - first);
      matrix<double> some(static_cast<Eigen::Index>(height), static_cast<Eigen::Index>(width));
      for (std::size_t r = 0; r < height; ++r) {
        const std::span<const float> from = row_of(share.responses, first_row + r).subspan(first, width);
        const std::span<double> to = row_of(some, r);
        for (std::size_t c = 0; c < width; ++c) {
          const double units = std::clamp(static_cast<double>(from[c]) / unit, -most, most);
          to[c] = static_cast<double>(static_cast<std::int32_t>(units + (units < 0 ? -0.5 : 0.5)));
        }
      }
      const matrix<double> part = product<double>(
          some, weights.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(width)));
      for (std::size_t i = 0; i < height * rank; ++i)
        sums[first_row * rank + i] += static_cast<std::int64_t>(part.data()[i]);
    }
  });
}

/// Makes the rows of a matrix orthonormal: modified Gram-Schmidt, twice. A row that depends on those before
/// it becomes 0.
MLL_LOCAL void orthonormalise(exec::backend_ref backend, matrix<double>& rows) {
  const auto count = static_cast<std::size_t>(rows.rows());
  std::vector<double> least(count);
  for (std::size_t i = 0; i < count; ++i) least[i] = 1e-9 * std::sqrt(dot(row_of(rows, i), row_of(rows, i)));
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::span<double> row = row_of(rows, i);
      const double norm = std::sqrt(dot(row, row));
      if (norm <= least[i]) {
        std::fill(row.begin(), row.end(), 0.0);
        continue;
      }
      for (double& value : row) value /= norm;
      exec::for_each_index(backend, count - i - 1, [&](std::size_t j) {
        const std::span<double> other = row_of(rows, i + 1 + j);
        add_scaled(-dot(row, other), row, other);
      });
    }
    std::fill(least.begin(), least.end(), 0.0);
  }
}

/// A basis of the directions of most variance among the rows of the responses of a hub, by subspace iteration
/// (Halko, Martinsson and Tropp 2011, algorithm 4.4): `(X X^T)^2 X Omega`, orthonormal after every product,
/// for random `Omega`. Products over dimensions are sums of integers: rounded responses decide the basis
/// alone, and the same bits come out however the hub is divided.
///
/// @param[in] share  of this rank, or of all
/// @param[in] spread standard deviation of the responses of all shares
/// @param[in] rank   columns of the basis; at most as many as there are degrees of freedom
/// @return `[rows, rank]`, orthonormal columns; 0 beyond the rank of the responses
/// Complexity: O(rows rank (columns + rank)).
MLL_LOCAL matrix<float> row_basis(exec::backend_ref backend, const sample_layout& samples,
                                  const centred_share& share, double spread, std::size_t rank,
                                  const sum_over_ranks& add) {
  constexpr int iterations = 2;
  constexpr double most = 1 << 20;  // of a weight
  constexpr std::uint64_t seed = 0x6d6c6c;
  const auto rows = static_cast<std::size_t>(share.responses.rows());
  const auto columns = static_cast<std::size_t>(share.responses.cols());
  const double unit = std::max(spread, 1e-30) / 256;
  matrix<double> weights(share.responses.cols(), static_cast<Eigen::Index>(rank));
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t k = 0; k < rank; ++k) {
      const std::uint64_t bits = derive_seed(derive_seed(seed, share.positions[c]), k) >> 44U;
      row_of(weights, c)[k] = static_cast<double>(bits) - most / 2;
    }
  }
  matrix<float> out(share.responses.rows(), static_cast<Eigen::Index>(rank));
  if (rank == 0) return out;
  std::vector<std::int64_t> sums(rows * rank);
  matrix<double> basis(static_cast<Eigen::Index>(rank), share.responses.rows());
  for (int done = 0;; ++done) {
    std::fill(sums.begin(), sums.end(), 0);
    add_products(backend, share, unit, weights, sums);
    if (add) add(sums);
    exec::for_each_index(backend, rank, [&](std::size_t k) {
      const std::span<double> row = row_of(basis, k);
      for (std::size_t r = 0; r < rows; ++r) row[r] = static_cast<double>(sums[r * rank + k]);
      for (std::size_t v = 0; v < samples.nodes().size(); ++v) {  // rounding has moved the means a little
        const auto range = samples.rows_at(v);
        const std::span<double> of_node = row.subspan(range.first, range.count);
        double mean = 0;
        for (const double value : of_node) mean += value / static_cast<double>(range.count);
        for (double& value : of_node) value -= mean;
      }
    });
    orthonormalise(backend, basis);
    for (std::size_t k = 0; k < rank; ++k) {
      for (std::size_t r = 0; r < rows; ++r) row_of(out, r)[k] = static_cast<float>(row_of(basis, k)[r]);
    }
    if (done == iterations) return out;
    const matrix<float> projected = cross_scatter(backend, out, share.responses, 1);
    const double of_weight = 8 * std::max(spread, 1e-30) * std::sqrt(static_cast<double>(rows)) / most;
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t k = 0; k < rank; ++k) {
        const double value = static_cast<double>(row_of(projected, k)[c]) / of_weight;
        row_of(weights, c)[k] = std::round(std::clamp(value, -most, most));
      }
    }
  }
}

}  // namespace mll::detail
