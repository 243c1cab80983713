// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/general_model.hpp"
#include "mll/testing/detail/violations.hpp"

namespace mll::testing {

/// Checks the contract of `general_model` beyond what the compiler sees: samples and texts get finite rows of
/// one dimension; an input gets the same row again, from a copy, alone and in another order; empty batches
/// are accepted.
///
/// @param[in] general   the model
/// @param[in] samples   at least 2 valid samples
/// @param[in] texts     at least 2 texts
/// @param[in] tolerance largest difference between two rows of one input
/// @return one sentence per violation
///
/// Throws: `invalid_argument` if there are less than 2 samples or texts. Exceptions of the model are
/// violations.
template <general_model S>
[[nodiscard]] std::vector<std::string> check_general_model(const S& general,
                                                           std::span<const typename S::sample_type> samples,
                                                           std::span<const std::string_view> texts,
                                                           float tolerance = 1e-5F) {
  if (samples.size() < 2)
    throw invalid_argument{"samples", "at least 2 samples", std::to_string(samples.size())};
  if (texts.size() < 2) throw invalid_argument{"texts", "at least 2 texts", std::to_string(texts.size())};
  detail::violations found;
  std::size_t dimension = 0;
  // The same suite for both sides of the model.
  const auto check_side = [&](const std::string& what, const auto& inputs, const auto& embed) {
    using input_type = typename std::remove_cvref_t<decltype(inputs)>::value_type;
    matrix<float> rows;
    if (!found.attempt(what, [&] { rows = embed(general, inputs); })) return;
    if (dimension == 0) dimension = static_cast<std::size_t>(rows.cols());
    found.add_if(dimension == 0, what + ": expected at least 1 column, found none");
    if (!found.expect_shape(what, rows, inputs.size(), dimension)) return;
    if (!found.expect_finite(what, rows)) return;
    found.attempt(what + " of nothing", [&] {
      const matrix<float> none = embed(general, inputs.subspan(0, 0));
      found.add_if(none.rows() != 0,
                   what + " of nothing: expected no rows, found " + std::to_string(none.rows()));
    });
    found.attempt(what + ", called again",
                  [&] { found.compare(what + ", called again", rows, embed(general, inputs), tolerance); });
    found.attempt(what + " one at a time", [&] {
      matrix<float> alone(rows.rows(), rows.cols());
      for (std::size_t r = 0; r < inputs.size(); ++r) {
        const matrix<float> row = embed(general, inputs.subspan(r, 1));
        if (!found.expect_shape(what + " of one", row, 1, dimension)) return;
        alone.row(static_cast<Eigen::Index>(r)) = row;
      }
      found.compare(what + " one at a time", rows, alone, tolerance);
    });
    found.attempt(what + " in reverse", [&] {
      std::vector<input_type> turned;
      for (std::size_t r = inputs.size(); r-- > 0;) turned.push_back(inputs[r]);
      found.compare(what + " in another order", rows,
                    embed(general, std::span<const input_type>{turned}).colwise().reverse(), tolerance);
    });
    found.attempt(what + " of a copy", [&] {
      const S copy{general};
      found.compare(what + " of a copy", rows, embed(copy, inputs), tolerance);
    });
  };
  check_side("embed_samples", samples,
             [](const S& asked, auto batch) -> matrix<float> { return asked.embed_samples(batch); });
  check_side("embed_texts", texts,
             [](const S& asked, auto batch) -> matrix<float> { return asked.embed_texts(batch); });
  return found.take();
}

}  // namespace mll::testing
