// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <span>

#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/numerics.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/select/evidence/detail/scaled_log_odds.hpp"

namespace mll::detail {

MLL_DEFINE std::string shape_text(Eigen::Index rows, Eigen::Index columns) {
  return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

MLL_DEFINE std::optional<Eigen::Index> log_odds_of_scores(const matrix<float>& scores, std::size_t from,
                                                          Eigen::ArrayXXf& log_odds, std::size_t to) {
  const auto rows = static_cast<std::size_t>(scores.rows());
  const auto width = static_cast<std::size_t>(scores.cols());
  const float* score = scores.data() + from;
  const std::span<float> out{log_odds.data() + to * rows, rows};
  bool all_good = true;
  for (std::size_t i = 0; i < rows; ++i, score += width) {
    const float p = *score;
    all_good = all_good && p >= -numerics::score_tolerance && p <= 1 + numerics::score_tolerance;
    const float inside = std::min(std::max(p, 0.0F), 1.0F);
    out[i] = inside / (1 - inside);  // certainty divides by 0, and the bounds below make that finite
  }
  if (!all_good) {
    for (std::size_t i = 0; i < rows; ++i) {
      const float p = scores.data()[i * width + from];
      if (!(p >= -numerics::score_tolerance && p <= 1 + numerics::score_tolerance))
        return static_cast<Eigen::Index>(i);
    }
  }
  log_in_place(out);
  for (float& x : out) x = std::clamp(x, -numerics::max_log_odds, numerics::max_log_odds);
  return std::nullopt;
}

MLL_DEFINE void run_general_heads(const selection& chosen, const matrix<float>& embeddings,
                                  Eigen::ArrayXXf& log_odds) {
  const matrix<float>& texts = chosen.general_texts;
  matrix<float> transposed(texts.cols(), texts.rows());
  for (Eigen::Index y = 0; y < texts.rows(); ++y) {
    for (Eigen::Index d = 0; d < texts.cols(); ++d) transposed(d, y) = texts(y, d);
  }
  const matrix<float> responses =
      scaled_log_odds(product<float>(embeddings, transposed), chosen.general_scale);
  for (std::size_t h = 0; h < chosen.ensemble.heads.size(); ++h) {
    const head_id head = chosen.ensemble.heads[h];
    if (head.model.valid()) continue;
    for (Eigen::Index i = 0; i < responses.rows(); ++i)
      log_odds(i, static_cast<Eigen::Index>(h)) = responses(i, static_cast<Eigen::Index>(head.index));
  }
}

MLL_DEFINE std::vector<prediction> most_probable(const matrix<float>& probabilities, float threshold) {
  std::vector<prediction> out;
  out.reserve(static_cast<std::size_t>(probabilities.rows()));
  for (std::size_t i = 0; i < static_cast<std::size_t>(probabilities.rows()); ++i) {
    const std::span<const float> row = row_of(probabilities, i);
    const auto top = std::max_element(row.begin(), row.end());
    prediction found{std::nullopt, *top};
    if (*top >= threshold) found.answer = class_id{static_cast<std::size_t>(top - row.begin())};
    out.push_back(found);
  }
  return out;
}

}  // namespace mll::detail
