// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/detail/table_allocator.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll::detail {

/// Rows in blocks of equal size. A block is a matrix of 4, 8 or 16 strips, stored strip by strip; all rows of
/// a column have the same class and weight. Runs of rows with equal class and weight are padded with rows of
/// weight 0. Columns are ordered by class.
class packed_rows {
 public:
  static constexpr std::size_t block_rows = 512;
  /// One value per row of a block.
  struct per_row {
    alignas(64) float values[block_rows];
    [[nodiscard]] float& operator[](std::size_t i) { return values[i]; }
    [[nodiscard]] float operator[](std::size_t i) const { return values[i]; }
  };

  /// Throws: `invalid_argument` if the rows are not ordered by increasing class.
  packed_rows(std::span<const example> rows, std::size_t classes) : first_of_(classes + 1, 0) {
    struct run {
      std::size_t begin;
      std::size_t end;
    };
    std::vector<run> runs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i != 0 && rows[i].target < rows[i - 1].target)
        throw invalid_argument{"rows", "rows by increasing class",
                               "class " + std::to_string(rows[i].target.index()) + " after class " +
                                   std::to_string(rows[i - 1].target.index())};
      if (i != 0 && rows[i].target == rows[i - 1].target && rows[i].weight == rows[i - 1].weight) {
        runs.back().end = i + 1;
      } else {
        runs.push_back({i, i + 1});
      }
    }
    // The number of strips of lowest cost: more strips need fewer logarithms but more padding rows.
    double min_cost = std::numeric_limits<double>::infinity();
    for (const std::size_t strips : {16U, 8U, 4U}) {
      std::size_t columns = 0;
      for (const run& one : runs) columns += columns_of(one.end - one.begin, strips);
      const std::size_t blocks = (columns * strips + block_rows - 1) / block_rows;
      // A logarithm takes about twice as long as the rest of a row.
      const double cost = static_cast<double>(blocks) * (1 + 2 / static_cast<double>(strips));
      if (cost >= min_cost) continue;
      min_cost = cost;
      strips_ = strips;
      blocks_ = blocks;
    }
    const std::size_t width = block_rows / strips_;
    weights_.assign(blocks_ * width, 0);
    targets_.assign(blocks_ * width, rows.empty() ? 0 : rows.back().target.index());
    row_weights_.assign(size(), 0);
    std::size_t column = 0;
    for (const run& one : runs) {
      const example& like = rows[one.begin];
      const std::size_t columns = columns_of(one.end - one.begin, strips_);
      for (std::size_t k = 0; k < columns; ++k) {
        weights_[column + k] = like.weight;
        targets_[column + k] = like.target.index();
      }
      // A strip takes consecutive rows, so that `pack` copies runs.
      for (std::size_t strip = 0; strip < strips_; ++strip) {
        std::size_t from = one.begin + strip * columns;
        const std::size_t end = std::min(one.end, from + columns);
        for (std::size_t at = column; from < end;) {
          const std::size_t count = std::min(end - from, width - at % width);
          pieces_.push_back({from, at / width * block_rows + strip * width + at % width, count});
          std::fill_n(row_weights_.begin() + static_cast<std::ptrdiff_t>(pieces_.back().to), count,
                      like.weight);
          from += count;
          at += count;
        }
      }
      column += columns;
      first_of_[like.target.index() + 1] = column;
    }
    for (std::size_t y = 0; y < classes; ++y) first_of_[y + 1] = std::max(first_of_[y + 1], first_of_[y]);

    std::vector<bool> is_row(size(), false);
    for (const piece& one : pieces_)
      std::fill_n(is_row.begin() + static_cast<std::ptrdiff_t>(one.to), one.count, true);
    first_padding_of_.push_back(0);
    for (std::size_t i = 0; i < size(); ++i) {
      if (!is_row[i]) padding_rows_.push_back(static_cast<std::uint16_t>(i % block_rows));
      if (i % block_rows + 1 == block_rows) first_padding_of_.push_back(padding_rows_.size());
    }
  }

  [[nodiscard]] std::size_t block_count() const noexcept { return blocks_; }
  /// Number of rows, padding rows included.
  [[nodiscard]] std::size_t size() const noexcept { return blocks_ * block_rows; }
  [[nodiscard]] std::size_t strips() const noexcept { return strips_; }
  /// Columns of a block. Row `strip * width() + column` of a block is in column `column`.
  [[nodiscard]] std::size_t width() const noexcept { return block_rows / strips_; }
  /// Weight of the rows of each column, `[blocks, width]`.
  [[nodiscard]] const std::vector<float>& weights() const noexcept { return weights_; }
  /// Class of the rows of each column, `[blocks, width]`.
  [[nodiscard]] const std::vector<std::size_t>& targets() const noexcept { return targets_; }
  /// Weight of each row, `[blocks, block_rows]`; 0 for padding rows.
  [[nodiscard]] const std::vector<float>& row_weights() const noexcept { return row_weights_; }
  /// Indices of the padding rows of a block.
  [[nodiscard]] std::span<const std::uint16_t> padding_rows(std::size_t block) const {
    return std::span{padding_rows_}.subspan(first_padding_of_[block],
                                            first_padding_of_[block + 1] - first_padding_of_[block]);
  }

  struct range {
    std::size_t begin;
    std::size_t end;
  };
  /// Columns of a class in a block; the begin of an empty range is unspecified.
  [[nodiscard]] range columns_of_class(std::size_t block, std::size_t y) const {
    const std::size_t first = block * width();
    const auto within = [&](std::size_t column) {
      return std::clamp(column, first, first + width()) - first;
    };
    return {within(first_of_[y]), within(first_of_[y + 1])};
  }

  /// Copies one value per row into packed order; leaves the values of padding rows as they are.
  template <class T>
  void pack(const T* from, T* to) const {
    for (const piece& one : pieces_) std::copy_n(from + one.from, one.count, to + one.to);
  }

 private:
  struct piece {
    std::size_t from;
    std::size_t to;
    std::size_t count;
  };
  static std::size_t columns_of(std::size_t rows, std::size_t strips) { return (rows + strips - 1) / strips; }

  std::size_t strips_ = 4;
  std::size_t blocks_ = 0;
  std::vector<float> weights_;
  std::vector<std::size_t> targets_;
  std::vector<float> row_weights_;
  std::vector<std::size_t> first_of_;
  std::vector<piece> pieces_;
  std::vector<std::uint16_t> padding_rows_;
  std::vector<std::size_t> first_padding_of_;
};

/// The responses of a pool in packed order; a head that is a candidate of several classes is stored once.
class packed_codes {
 public:
  using table = std::vector<std::uint8_t, table_allocator<std::uint8_t>>;

  /// Some blocks of responses that were packed elsewhere.
  /// @param[in] heads per class, the index of the head of each candidate
  /// @param[in] rows  of these blocks
  /// @param[in] codes `[heads, rows]`
  packed_codes(std::vector<std::vector<std::size_t>> heads, std::size_t rows, table codes)
      : size_{rows}, head_index_{std::move(heads)}, codes_{std::move(codes)} {}
  packed_codes(exec::backend_ref backend, const packed_rows& rows, const head_pool& pool)
      : size_{rows.size()} {
    std::unordered_map<const std::uint8_t*, std::size_t> known;
    std::vector<const std::uint8_t*> heads;
    for (const auto& of_class : pool.candidates) {
      auto& of_class_index = head_index_.emplace_back();
      for (const auto& head : of_class) {
        const auto [found, is_new] = known.try_emplace(head.codes, heads.size());
        if (is_new) heads.push_back(head.codes);
        of_class_index.push_back(found->second);
      }
    }
    codes_.resize(heads.size() * size_);
    exec::for_each_index(backend, heads.size(),
                         [&](std::size_t i) { rows.pack(heads[i], codes_.data() + i * size_); });
  }

  [[nodiscard]] const std::uint8_t* of(std::size_t y, std::size_t candidate) const {
    return codes_.data() + head_index_[y][candidate] * size_;
  }

 private:
  std::size_t size_;
  std::vector<std::vector<std::size_t>> head_index_;
  table codes_;  // [heads, rows]
};

}  // namespace mll::detail
