// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/testing/detail/violations.hpp"

namespace mll::testing {

/// Checks the contract of `text_embedder` beyond what the compiler sees: rows have `dimension()` columns, are
/// finite, and have length 1 or 0; a text gets the same row again, alone, in another order and in two threads
/// at once; an empty batch and an empty text are accepted.
///
/// @param[in] embedder  the embedder
/// @param[in] texts     at least 2 texts, preferably different
/// @param[in] tolerance largest difference between entries and between lengths
/// @return one sentence per violation
///
/// Throws: `invalid_argument` if there are less than 2 texts. Exceptions of the embedder are violations.
template <text_embedder E>
[[nodiscard]] std::vector<std::string> check_embedder(const E& embedder,
                                                      std::span<const std::string_view> texts,
                                                      float tolerance = 1e-5F) {
  if (texts.size() < 2) throw invalid_argument{"texts", "at least 2 texts", std::to_string(texts.size())};
  detail::violations found;
  std::vector<std::string_view> asked(texts.begin(), texts.end());
  asked.emplace_back();

  std::size_t dimension = 0;
  if (!found.attempt("dimension", [&] { dimension = static_cast<std::size_t>(embedder.dimension()); }))
    return found.take();
  found.add_if(dimension == 0, "dimension: expected at least 1, found 0");
  const auto embed = [&](std::span<const std::string_view> some) -> matrix<float> {
    return embedder.embed(some);
  };

  found.attempt("embed of no texts",
                [&] { found.expect_shape("embed of no texts", embed({}), 0, dimension); });
  matrix<float> rows;
  if (!found.attempt("embed", [&] { rows = embed(asked); })) return found.take();
  if (!found.expect_shape("embed", rows, asked.size(), dimension)) return found.take();
  if (!found.expect_finite("embed", rows)) return found.take();
  for (Eigen::Index r = 0; r < rows.rows(); ++r) {
    const float length = rows.row(r).norm();
    if (length == 0 || std::abs(length - 1) <= tolerance) continue;
    found.add("embed: expected rows of length 1 or 0, found " + mll::detail::number_text(length) +
              " for text " + std::to_string(r));
    break;
  }
  found.attempt("embed, called again", [&] { found.compare("called again", rows, embed(asked), tolerance); });
  found.attempt("embed of one text at a time", [&] {
    matrix<float> alone(rows.rows(), rows.cols());
    for (std::size_t r = 0; r < asked.size(); ++r) {
      const matrix<float> row = embed(std::span{asked}.subspan(r, 1));
      if (!found.expect_shape("embed of one text", row, 1, dimension)) return;
      alone.row(static_cast<Eigen::Index>(r)) = row;
    }
    found.compare("one text at a time", rows, alone, tolerance);
  });
  found.attempt("embed of the texts in reverse", [&] {
    const std::vector<std::string_view> turned(asked.rbegin(), asked.rend());
    found.compare("in another order", rows, embed(turned).colwise().reverse(), tolerance);
  });
  found.attempt("embed in two threads at once", [&] {
    matrix<float> other;
    std::exception_ptr failure;
    {
      const std::jthread thread{[&] {
        try {
          other = embed(asked);
        } catch (...) {
          failure = std::current_exception();
        }
      }};
      found.compare("in two threads at once", rows, embed(asked), tolerance);
    }
    if (failure) std::rethrow_exception(failure);
    found.compare("in two threads at once", rows, other, tolerance);
  });
  found.add_if(static_cast<std::size_t>(embedder.dimension()) != dimension,
               "dimension: changes while the embedder is used");
  return found.take();
}

}  // namespace mll::testing
