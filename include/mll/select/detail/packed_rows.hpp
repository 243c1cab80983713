// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/select/coded_head_pool.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll::detail {

/// Rows in four strips of one width, such that the rows at one place of all strips have the same class and
/// weight; runs of equal rows are filled up with rows of weight 0. Classes stand in order in every strip.
class packed_rows {
 public:
  static constexpr std::size_t strips = 4;

  /// Throws: `invalid_argument` if the rows are not by increasing class.
  packed_rows(std::span<const evidence_row> rows, std::size_t classes) : first_of_(classes + 1, 0) {
    struct run {
      std::size_t begin;
      std::size_t end;
    };
    std::vector<run> runs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i != 0 && rows[i].label < rows[i - 1].label)
        throw invalid_argument{"rows", "rows by increasing class",
                               "class " + std::to_string(rows[i].label.index()) + " after " +
                                   std::to_string(rows[i - 1].label.index())};
      if (i != 0 && rows[i].label == rows[i - 1].label && rows[i].weight == rows[i - 1].weight) {
        runs.back().end = i + 1;
      } else {
        runs.push_back({i, i + 1});
      }
    }
    for (const run& one : runs) width_ += places_of(one.end - one.begin);
    rows_.assign(strips * width_, {});
    source_.assign(rows_.size(), filler);
    weights_.resize(static_cast<Eigen::Index>(width_));
    std::size_t place = 0;
    for (const run& one : runs) {
      const evidence_row& like = rows[one.begin];
      for (std::size_t k = 0; k < places_of(one.end - one.begin); ++k, ++place) {
        weights_[static_cast<Eigen::Index>(place)] = like.weight;
        for (std::size_t strip = 0; strip < strips; ++strip) {
          const std::size_t from = one.begin + k * strips + strip;
          const std::size_t to = strip * width_ + place;
          const bool is_row = from < one.end;
          rows_[to] = {to, like.label, is_row ? like.weight : 0.0F};
          if (is_row) {
            source_[to] = static_cast<std::uint32_t>(from);
          } else {
            fillers_.push_back(static_cast<Eigen::Index>(to));
          }
        }
      }
      first_of_[like.label.index() + 1] = place;
    }
    for (std::size_t y = 0; y < classes; ++y) first_of_[y + 1] = std::max(first_of_[y + 1], first_of_[y]);
  }

  /// Rows of a strip.
  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  /// All rows, strip after strip.
  [[nodiscard]] std::span<const evidence_row> rows() const noexcept { return rows_; }
  /// Weight of the rows at each place of the strips, `[width]`.
  [[nodiscard]] const Eigen::ArrayXf& weights() const noexcept { return weights_; }
  /// First place of a class in every strip; `first_of(classes)` is the width.
  [[nodiscard]] std::size_t first_of(std::size_t y) const { return first_of_[y]; }
  /// Rows that are none.
  [[nodiscard]] std::span<const Eigen::Index> fillers() const noexcept { return fillers_; }

  /// Puts something that there is for each row into this order; fillers get a default value.
  template <class T>
  void pack(const T* from, T* to) const {
    for (std::size_t i = 0; i < source_.size(); ++i) to[i] = source_[i] == filler ? T{} : from[source_[i]];
  }

 private:
  static constexpr std::uint32_t filler = static_cast<std::uint32_t>(-1);
  static std::size_t places_of(std::size_t rows) { return (rows + strips - 1) / strips; }

  std::size_t width_ = 0;
  std::vector<evidence_row> rows_;
  std::vector<std::uint32_t> source_;  // of each row
  Eigen::ArrayXf weights_;
  std::vector<std::size_t> first_of_;
  std::vector<Eigen::Index> fillers_;
};

/// The responses of a pool in the order of packed rows; those of a head that stands for several classes once.
class packed_codes {
 public:
  template <class Codec>
  packed_codes(const packed_rows& rows, const coded_head_pool<Codec>& pool) : size_{rows.rows().size()} {
    std::unordered_map<const std::uint8_t*, std::size_t> known;
    std::vector<const std::uint8_t*> heads;
    for (const auto& of_class : pool.candidates) {
      auto& places = place_.emplace_back();
      for (const auto& head : of_class) {
        const auto [found, is_new] = known.try_emplace(head.codes, heads.size());
        if (is_new) heads.push_back(head.codes);
        places.push_back(found->second);
      }
    }
    codes_.resize(heads.size() * size_);
    for (std::size_t i = 0; i < heads.size(); ++i) rows.pack(heads[i], codes_.data() + i * size_);
  }

  [[nodiscard]] const std::uint8_t* of(std::size_t y, std::size_t candidate) const {
    return codes_.data() + place_[y][candidate] * size_;
  }

 private:
  std::size_t size_;
  std::vector<std::vector<std::size_t>> place_;
  std::vector<std::uint8_t> codes_;  // [heads, rows]
};

}  // namespace mll::detail
