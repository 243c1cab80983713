// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/number_text.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/select/ensemble/detail/source_scores.hpp"
#include "mll/select/estimate/detail/calibrated_weights.hpp"
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

/// `bias + x weights`, in the order of the rows of the weights.
/// @param[in] weights `[x.size(), columns]`, row by row
MLL_LOCAL void add_products(std::span<const float> x, const float* weights, std::span<float> out) {
  for (const float value : x) {
    for (std::size_t v = 0; v < out.size(); ++v) out[v] += value * weights[v];
    weights += out.size();
  }
}

/// Probability that a sample belongs to the task.
MLL_LOCAL float belongs_to(const membership& to, std::span<const float> responses,
                           std::span<const float> embedding, std::vector<float>& scores) {
  scores.assign(to.bias.data(), to.bias.data() + to.bias.size());
  add_products(responses, to.weights.data(), std::span{scores});
  if (to.embedding_dimension() != 0)
    add_products(embedding, to.weights.data() + to.heads.size() * scores.size(), std::span{scores});
  const std::span<const float> all{scores};
  const float own = numerics::log_sum_exp(all.first(to.task_nodes));
  return 1 / (1 + std::exp(numerics::log_sum_exp(all.subspan(to.task_nodes)) - own));
}

/// Log-probability of a class by the general discriminant. @param[in] factor of its scores
MLL_LOCAL float general_log_probability(const embedding_discriminant& of, float factor,
                                        std::span<const float> embedding, std::size_t y,
                                        std::vector<float>& scores) {
  scores.assign(of.bias.data(), of.bias.data() + of.bias.size());
  for (std::size_t c = 0; c < scores.size(); ++c) {
    const float* const w = of.weights.data() + c * embedding.size();
    for (std::size_t d = 0; d < embedding.size(); ++d) scores[c] += embedding[d] * w[d];
    scores[c] *= factor;
  }
  return scores[y] - numerics::log_sum_exp(std::span<const float>{scores});
}

/// Half the share of the general discriminant among the weights of the calibrated sources; 0 if unknown.
MLL_LOCAL double general_share(const selection& chosen) {
  if (!chosen.ensemble.general || !chosen.estimate || !chosen.estimate->is_known()) return 0;
  const auto [votes, correction, general] = calibrated_weights(*chosen.estimate, present_in(chosen.ensemble));
  const double total = general + votes + correction;
  return total > 0 ? general / total / 2 : 0;
}

MLL_DEFINE std::vector<prediction> predictions_of(exec::backend_ref backend, const selection& chosen,
                                                  const batch_responses& batch,
                                                  const matrix<float>& probabilities,
                                                  const answer_limits& limits) {
  const auto check = [](const char* name, float limit) {
    if (!(limit >= 0 && limit <= 1))
      throw invalid_argument{name, "a probability in [0, 1]", number_text(limit)};
  };
  check("threshold", limits.probability);
  check("belongs", limits.belongs);
  if (limits.belongs > 0 && !chosen.membership)
    throw invalid_argument{"belongs", "a selection that was made with a profile of the hub", "one without"};
  const auto samples = static_cast<std::size_t>(probabilities.rows());
  const auto share = static_cast<float>(general_share(chosen));
  std::vector<prediction> out(samples);
  constexpr std::size_t block = 64;
  exec::for_each_index(backend, (samples + block - 1) / block, [&](std::size_t part) {
    std::vector<float> scores;
    std::vector<float> responses;
    const std::span<const float> none;
    for (std::size_t i = part * block; i < std::min(samples, (part + 1) * block); ++i) {
      const std::span<const float> row = row_of(probabilities, i);
      const std::span<const float> embedding =
          batch.embeddings.size() != 0 ? row_of(batch.embeddings, i) : none;
      const auto top = std::max_element(row.begin(), row.end());
      const auto y = static_cast<std::size_t>(top - row.begin());
      prediction& found = out[i];
      found.probability = found.confidence = *top;
      if (share > 0 && *top > 0) {
        const float by_general = general_log_probability(
            *chosen.ensemble.general, static_cast<float>(chosen.estimate->calibrations.general), embedding, y,
            scores);
        found.confidence = std::exp((1 - share) * std::log(*top) + share * by_general);
      }
      if (chosen.membership) {
        responses.clear();
        for (const std::uint32_t h : chosen.membership->heads)
          responses.push_back(batch.log_odds.data()[h * samples + i]);
        numerics::to_log_probability(std::span{responses});
        found.belongs = belongs_to(*chosen.membership, responses, embedding, scores);
      }
      if (*top >= limits.probability && found.belongs.value_or(1) >= limits.belongs)
        found.answer = class_id{y};
    }
  });
  return out;
}

}  // namespace mll::detail
