// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/tokenize.hpp"

namespace mll::detail {

/// Writes `values`, scaled to unit length, to `row`; zeros if the length is (nearly) zero. Summed from left
/// to right, so that the result does not depend on the instruction set.
/// @param[out] row `[values.size()]`
inline void write_unit_row(std::span<const double> values, float* row) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  const double scale = squares > 1e-30 ? 1 / std::sqrt(squares) : 0;
  for (std::size_t i = 0; i < values.size(); ++i) row[i] = static_cast<float>(values[i] * scale);
}

/// Embeds texts one by one: `add(text, sum)` adds the vector of a text to zeros, `[dimension]`.
/// @return `[texts.size(), dimension]`, rows of unit length or zero
/// Throws: `invalid_argument` for a text that is not UTF-8.
template <class Add>
[[nodiscard]] matrix<float> embed_each(std::span<const std::string_view> texts, std::size_t dimension,
                                       const Add& add) {
  matrix<float> out(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dimension));
  std::vector<double> sum(dimension);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    require_utf8(texts[i], i);
    std::fill(sum.begin(), sum.end(), 0.0);
    add(texts[i], std::span<double>{sum});
    write_unit_row(sum, out.row(static_cast<Eigen::Index>(i)).data());
  }
  return out;
}

/// Throws: `model_error` unless there are `count` rows of finite numbers; `name(i)` says what text i is.
template <class Name>
void require_finite_rows(const matrix<float>& rows, std::size_t count, const Name& name) {
  if (rows.rows() != static_cast<Eigen::Index>(count)) {
    throw model_error{"text embedder", "expected " + std::to_string(count) + " rows, one per text, found " +
                                           std::to_string(rows.rows())};
  }
  const auto columns = static_cast<std::size_t>(rows.cols());
  for (std::size_t i = 0; i < count * columns; ++i) {
    if (std::isfinite(rows.data()[i])) continue;
    throw model_error{"text embedder", "returned " + number_text(rows.data()[i]) + " for " +
                                           name(i / columns) + "; expected finite numbers"};
  }
}

}  // namespace mll::detail
