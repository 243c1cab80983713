// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/best_rows.hpp"
#include "mll/embed/detail/score_tile.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"

namespace mll {

/// The rows with the largest inner products per query. Both `[queries, min(k, rows)]`, best first.
struct nearest_rows {
  matrix<std::uint32_t> row;
  matrix<float> score;
};

namespace detail {

/// The search in one share of the rows, for all queries.
template <class T>
class top_k_share {
 public:
  top_k_share(const const_matrix_ref<T>& rows, std::size_t begin, std::size_t end,
              const const_matrix_ref<float>& queries, const query_panels& panels, best_rows& best)
      : rows_{rows},
        begin_{begin},
        end_{end},
        queries_{queries},
        panels_{panels},
        best_{best},
        dimension_{static_cast<std::size_t>(rows.cols())},
        block_(rows_at_once * dimension_, 0.0F) {}

  void run() {
    switch (queries_.rows()) {
      case 1:
        return few<1>();
      case 2:
        return few<2>();
      case 3:
        return few<3>();
      default:
        return many();
    }
  }

  /// Up to this many queries are read along their coordinates: a panel would be mostly padding.
  static constexpr Eigen::Index few_queries = 3;

 private:
  static constexpr std::size_t few_rows_at_once = 16;

  /// Rows in single precision: in place for a whole block of floats, else a copy padded with zeros.
  const float* block(std::size_t first, std::size_t& stride) {
    const std::size_t count = std::min(rows_at_once, end_ - first);
    if constexpr (std::same_as<T, float>) {
      if (count == rows_at_once) {
        stride = static_cast<std::size_t>(rows_.outerStride());
        return rows_.data() + first * stride;
      }
    }
    stride = dimension_;
    Eigen::Map<matrix<float>> out{block_.data(), static_cast<Eigen::Index>(rows_at_once),
                                  static_cast<Eigen::Index>(dimension_)};
    const auto some = static_cast<Eigen::Index>(count);
    for (Eigen::Index r = 0; r < some; ++r) {
      const Eigen::Index from = static_cast<Eigen::Index>(first) + r;
      if constexpr (std::same_as<T, Eigen::half>) {
        widen(rows_.row(from).data(), dimension_, out.row(r).data());
      } else {
        out.row(r) = rows_.row(from);
      }
    }
    out.bottomRows(static_cast<Eigen::Index>(rows_at_once) - some).setZero();
    return block_.data();
  }

  /// One row in single precision: in place, or a copy that fits into the first-level cache.
  const float* row(std::size_t r) {
    const T* from = rows_.data() + r * static_cast<std::size_t>(rows_.outerStride());
    if constexpr (std::same_as<T, float>) {
      return from;
    } else {
      widen(from, dimension_, block_.data());
      return block_.data();
    }
  }

  /// Scores row by row, and compares the scores of some rows at a time.
  template <std::size_t Queries>
  void few() {
    float scores[few_rows_at_once * Queries] = {};
    const float* queries = queries_.data();
    const auto query_stride = static_cast<std::size_t>(queries_.outerStride());
    for (std::size_t first = begin_; first < end_; first += few_rows_at_once) {
      const std::size_t count = std::min(few_rows_at_once, end_ - first);
      for (std::size_t r = 0; r < count; ++r) {
        score_row<Queries>(row(first + r), queries, query_stride, dimension_, scores + r * Queries);
      }
      const float threshold = *std::min_element(best_.thresholds(), best_.thresholds() + Queries);
      int better = 0;
      for (const float score : scores) better |= score > threshold ? 1 : 0;
      if (better != 0) keep<Queries>(first, count, 0, scores);
    }
  }

  void many() {
    // A tile of rows and a group of panels fit into the second-level cache together.
    constexpr std::size_t half_of_cache = std::size_t{1} << 18U;
    const std::size_t bytes = dimension_ * sizeof(float);
    const std::size_t panels_at_once = std::max<std::size_t>(1, half_of_cache / (2 * lane_count * bytes));
    const std::size_t tile_rows =
        panels_.size() <= panels_at_once
            ? end_ - begin_
            : std::max<std::size_t>(1, half_of_cache / (rows_at_once * bytes)) * rows_at_once;
    for (std::size_t tile = begin_; tile < end_; tile += tile_rows) {
      const std::size_t tile_end = std::min(end_, tile + tile_rows);
      for (std::size_t group = 0; group < panels_.size(); group += panels_at_once) {
        const std::size_t group_end = std::min(panels_.size(), group + panels_at_once);
        for (std::size_t first = tile; first < tile_end; first += rows_at_once)
          panels(first, group, group_end);
      }
    }
  }

  void panels(std::size_t first, std::size_t group, std::size_t group_end) {
    float tile[rows_at_once * 2 * lane_count];
    std::size_t stride = 0;
    const float* rows = block(first, stride);
    const std::size_t count = std::min(rows_at_once, end_ - first);
    const auto* next = reinterpret_cast<const float*>(
        rows_.data() + (first + rows_at_once) * static_cast<std::size_t>(rows_.outerStride()));
    for (std::size_t p = group; p < group_end; ++p) {
      if (panels_.width(p) == 2 * lane_count) {
        score_tile<2>(rows, stride, panels_.data(p), dimension_, next, tile);
        keep<2 * lane_count>(first, count, panels_.first(p), tile);
      } else {
        score_tile<1>(rows, stride, panels_.data(p), dimension_, next, tile);
        keep<lane_count>(first, count, panels_.first(p), tile);
      }
    }
  }

  /// Most rows exceed no threshold, which is tested for all queries at once.
  template <std::size_t Width>
  void keep(std::size_t first, std::size_t count, std::size_t query, const float* tile) {
    const float* thresholds = best_.thresholds() + query;
    for (std::size_t r = 0; r < count; ++r, tile += Width) {
      int better = 0;
      for (std::size_t j = 0; j < Width; ++j) better |= tile[j] > thresholds[j] ? 1 : 0;
      if (better == 0) continue;
      for (std::size_t j = 0; j < Width; ++j) {
        if (tile[j] > thresholds[j]) best_.add(query + j, tile[j], static_cast<std::uint32_t>(first + r));
      }
    }
  }

  const const_matrix_ref<T>& rows_;
  std::size_t begin_;
  std::size_t end_;
  const const_matrix_ref<float>& queries_;
  const query_panels& panels_;
  best_rows& best_;
  std::size_t dimension_;
  std::vector<float> block_;
};

template <class T, exec::execution_backend Backend>
[[nodiscard]] nearest_rows top_k(const Backend& backend, const const_matrix_ref<T>& rows,
                                 const const_matrix_ref<float>& queries, std::size_t k) {
  if (rows.cols() != queries.cols()) {
    throw invalid_argument{"queries", std::to_string(rows.cols()) + " columns, like the rows",
                           std::to_string(queries.cols())};
  }
  const auto count = static_cast<std::size_t>(rows.rows());
  if (count > std::numeric_limits<std::uint32_t>::max()) {
    throw invalid_argument{"rows", "fewer than 2^32 rows", std::to_string(count)};
  }
  k = std::min(k, count);
  const Eigen::Index wanted = static_cast<Eigen::Index>(k);
  nearest_rows out{matrix<std::uint32_t>(queries.rows(), wanted), matrix<float>(queries.rows(), wanted)};
  if (k == 0 || queries.rows() == 0) return out;

  const auto query_count = static_cast<std::size_t>(queries.rows());
  const bool few = queries.rows() <= top_k_share<T>::few_queries;
  const query_panels panels{few ? const_matrix_ref<float>{queries.topRows(0)} : queries};
  const std::size_t padded = std::max(query_count, panels.first(panels.size()));

  // The best rows are among the best of the shares, however the rows are shared: the result does not depend
  // on their number.
  constexpr std::size_t min_rows_per_thread = 1024;
  const std::size_t shares =
      std::clamp<std::size_t>(count / min_rows_per_thread, 1, exec::backend_ref{backend}.concurrency());
  std::vector<best_rows> best(shares, best_rows{query_count, padded, k});
  exec::for_each_index(backend, shares, [&](std::size_t s) {
    top_k_share<T>{rows, count * s / shares, count * (s + 1) / shares, queries, panels, best[s]}.run();
  });

  constexpr std::size_t queries_at_once = 16;
  exec::for_each_index(backend, (query_count + queries_at_once - 1) / queries_at_once, [&](std::size_t g) {
    std::vector<scored_row> all;
    for (std::size_t q = g * queries_at_once; q < std::min(query_count, (g + 1) * queries_at_once); ++q) {
      all.clear();
      for (best_rows& each : best) {
        const auto some = each.sorted(q);
        all.insert(all.end(), some.begin(), some.end());
      }
      if (all.size() < k) {
        throw invalid_argument{"rows and queries", "finite inner products",
                               "others for query " + std::to_string(q)};
      }
      if (shares > 1) std::partial_sort(all.begin(), all.begin() + wanted, all.end());
      for (Eigen::Index i = 0; i < wanted; ++i) {
        out.row(static_cast<Eigen::Index>(q), i) = all[static_cast<std::size_t>(i)].row;
        out.score(static_cast<Eigen::Index>(q), i) = all[static_cast<std::size_t>(i)].score;
      }
    }
  });
  return out;
}

}  // namespace detail

/// The k rows with the largest inner products with each query, exactly; of equal products the lower row. For
/// rows of unit length these are the k nearest by cosine.
///
/// @code
/// const mll::hashed_ngrams embedder;
/// const std::vector<std::string_view> names{"crane", "goose", "truck"};
/// const mll::matrix<float> rows = embedder.embed(names);
/// const mll::nearest_rows found = mll::top_k(backend, rows, rows, 2);  // found.row(0, 0): 0
/// @endcode
///
/// Products are computed block by block and compared while in registers; only candidates are written to
/// memory.
///
/// @param[in] backend where to run
/// @param[in] rows    `[rows, dim]`, finite
/// @param[in] queries `[queries, dim]`, finite
/// @param[in] k       number of rows per query; all rows if there are fewer
/// @return `[queries, min(k, rows)]`
///
/// Throws: `invalid_argument` for another number of columns, 2^32 rows or more, and a query with fewer than k
/// products above minus infinity.
/// Complexity: O(rows queries dim) time, O(queries (dim + k threads)) memory. Up to about 20 queries, the
/// time of reading the rows once. Determinism: bitwise the same on every backend and for any number of
/// threads. The last bits of a score depend on the instruction set, and on whether there are more than three
/// queries.
template <exec::execution_backend Backend>
[[nodiscard]] nearest_rows top_k(const Backend& backend, const const_matrix_ref<float>& rows,
                                 const const_matrix_ref<float>& queries, std::size_t k) {
  return detail::top_k<float>(backend, rows, queries, k);
}
/// The same for rows in half precision, which take half as long to read; products are in single precision.
template <exec::execution_backend Backend>
[[nodiscard]] nearest_rows top_k(const Backend& backend, const const_matrix_ref<Eigen::half>& rows,
                                 const const_matrix_ref<float>& queries, std::size_t k) {
  return detail::top_k<Eigen::half>(backend, rows, queries, k);
}

}  // namespace mll
