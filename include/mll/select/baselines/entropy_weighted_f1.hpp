// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/baselines/head_criterion.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: per class the heads with the best F1, blended with the F1 of their expert over the whole task,
/// and weighted by certainty. Ties go to the lower position.
///
/// `relevance(h, y) = alpha F1(h, y) + (1 - alpha) mean_y' max_g F1(g, y')` over the heads g of the expert of
/// h; the weight of a head is the reciprocal of the mean binary entropy of its responses to the task's
/// representation samples.
///
/// Source: after the selection of image-text models by Tan et al., arXiv 2501.18271. Here F1 is that of the
/// best threshold with classes weighted equally, so a perfect head has 1, and entropies are those of the
/// labels, so a new sample does not change the weights.
struct entropy_weighted_f1 {
  std::size_t count = 3;  ///< heads per class
  double alpha = 0.7;     ///< weight of the F1 for the class itself, in [0, 1]

  [[nodiscard]] static std::string name() { return "entropy_weighted_f1"; }

  /// Throws: `invalid_argument` if the count is 0 or alpha outside [0, 1]. Complexity: O(heads rows (log rows
  /// + classes)).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
    if (!(alpha >= 0 && alpha <= 1))
      throw invalid_argument{"alpha", "a number in [0, 1]", detail::number_text(alpha)};
    const auto f1 = detail::measure_heads<best_f1>(backend, evidence);
    const auto whole = of_experts(evidence, f1);
    ensemble_builder builder;
    for (std::size_t y = 0; y < f1.size(); ++y) {
      std::vector<double> relevance(whole.size());
      for (std::size_t h = 0; h < whole.size(); ++h) relevance[h] = alpha * f1[y][h] + (1 - alpha) * whole[h];
      const auto best = detail::largest(relevance, count);
      const auto weights = certainties(evidence.log_odds(backend, best), evidence.rows());
      const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
      for (std::size_t i = 0; i < best.size(); ++i)
        builder.add(y, best[i], {.weight = static_cast<float>(weights[i] / total)});
    }
    ensemble out = builder.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }

 private:
  // Per head the mean over the classes of the best F1 of the heads of its expert.
  [[nodiscard]] static std::vector<double> of_experts(const task_evidence& evidence,
                                                      const std::vector<std::vector<double>>& f1) {
    const std::size_t heads = evidence.heads().size();
    std::vector<double> out(heads);
    for (std::size_t first = 0; first < heads;) {
      const std::size_t end = first + evidence.model_width(first);
      double mean = 0;
      for (const auto& of_class : f1) {
        double best = 0;
        for (std::size_t h = first; h < end; ++h) best = std::max(best, of_class[h]);
        mean += best / static_cast<double>(f1.size());
      }
      for (; first < end; ++first) out[first] = mean;
    }
    return out;
  }

  // Reciprocal of the mean entropy of the responses of each head, from `[rows, heads]` to `[heads]`.
  [[nodiscard]] static std::vector<double> certainties(const Eigen::ArrayXXf& log_odds,
                                                       std::span<const example> rows) {
    constexpr double floor = 1e-3;  // nats; bounds the weight of a head that is always certain
    std::vector<double> out(static_cast<std::size_t>(log_odds.cols()));
    for (std::size_t h = 0; h < out.size(); ++h) {
      double entropy = 0;
      double total = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto z = static_cast<double>(log_odds.data()[h * rows.size() + i]);
        const double p = numerics::sigmoid(z);
        const auto weight = static_cast<double>(rows[i].weight);
        // -p log p - (1 - p) log(1 - p), with log(p) = z - log(1 + e^z)
        entropy += weight * (numerics::softplus(z) - p * z);
        total += weight;
      }
      out[h] = 1 / (floor + (total > 0 ? entropy / total : 0));
    }
    return out;
  }
};

static_assert(selection_method<entropy_weighted_f1>);

}  // namespace mll
