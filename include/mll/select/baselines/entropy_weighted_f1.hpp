// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/baselines/head_criterion.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: for every class the heads with the best F1, mixed with how good their expert is on the whole
/// task; the surer a head is of its answers, the more it counts. Ties go to the lower position.
///
/// `relevance(h, y) = alpha F1(h, y) + (1 - alpha) mean_y' max_g F1(g, y')` over the heads g of the expert of
/// h; the weight of a head is the reciprocal of the mean binary entropy of its answers to the task's
/// representation samples.
///
/// Source: after the selection of image-text models by Tan et al., arXiv 2501.18271, in our formulation: F1
/// is that of the best threshold with classes weighing alike, so that a perfect head has 1, and entropies are
/// those of the labels, so that a sample does not change the weights.
struct entropy_weighted_f1 {
  std::size_t count = 3;  ///< heads per class
  double alpha = 0.7;     ///< share of the class itself, in [0, 1]

  [[nodiscard]] static std::string name() { return "entropy-weighted-f1"; }

  /// Throws: `invalid_argument` if the count is 0 or alpha outside [0, 1]. Complexity: O(heads rows (log rows
  /// + classes)).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
    if (!(alpha >= 0 && alpha <= 1)) throw invalid_argument{"alpha", "0 to 1", std::to_string(alpha)};
    const auto f1 = detail::measure_heads<best_f1>(backend, evidence);
    const auto whole = of_experts(evidence, f1);
    detail::ensemble_builder used;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      const auto relevance = (alpha * f1.col(static_cast<Eigen::Index>(y)) + (1 - alpha) * whole).eval();
      const auto best = detail::largest(relevance, count);
      const auto weights = sureness(evidence.log_odds(backend, best), evidence);
      for (std::size_t i = 0; i < best.size(); ++i) {
        const double share = weights[static_cast<Eigen::Index>(i)] / weights.sum();
        used.add(y, best[i], {.weight = static_cast<float>(share)});
      }
    }
    ensemble out = used.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }

 private:
  // For each head the mean over the classes of the best F1 that a head of the same expert has.
  [[nodiscard]] static Eigen::ArrayXd of_experts(const task_evidence& evidence, const Eigen::ArrayXXd& f1) {
    std::map<model_id, Eigen::ArrayXd> best;
    for (Eigen::Index h = 0; h < f1.rows(); ++h) {
      const Eigen::ArrayXd own = f1.row(h).transpose();
      const auto [at, is_new] = best.try_emplace(evidence.heads()[static_cast<std::size_t>(h)].model, own);
      if (!is_new) at->second = at->second.max(own);
    }
    Eigen::ArrayXd out(f1.rows());
    for (Eigen::Index h = 0; h < f1.rows(); ++h)
      out[h] = best.at(evidence.heads()[static_cast<std::size_t>(h)].model).mean();
    return out;
  }

  // Reciprocal of the mean entropy of the answers of each head, `[rows, heads]` to `[heads]`.
  [[nodiscard]] static Eigen::ArrayXd sureness(const Eigen::ArrayXXf& log_odds,
                                               const task_evidence& evidence) {
    constexpr double least = 1e-3;  // nats; a head that is always sure would count without bound
    Eigen::ArrayXd out(log_odds.cols());
    for (Eigen::Index h = 0; h < log_odds.cols(); ++h) {
      double entropy = 0;
      double total = 0;
      for (Eigen::Index i = 0; i < log_odds.rows(); ++i) {
        const double z = static_cast<double>(log_odds(i, h));
        const double p = numerics::sigmoid(z);
        const double weight = static_cast<double>(evidence.rows()[static_cast<std::size_t>(i)].weight);
        // -p log p - (1 - p) log(1 - p), with log(p) = z - log(1 + e^z)
        entropy += weight * (numerics::softplus(z) - p * z);
        total += weight;
      }
      out[h] = 1 / (least + (total > 0 ? entropy / total : 0));
    }
    return out;
  }
};

static_assert(selection_method<entropy_weighted_f1>);

}  // namespace mll
