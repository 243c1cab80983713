// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/reuse/adapt.hpp"
#include "mll/reuse/detail/estimate_on_batch.ipp"
#include "mll/reuse/estimate_on_batch.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/detail/combiner.hpp"
#include "mll/select/ensemble/detail/source_scores.hpp"
#include "mll/select/estimate/detail/calibrated_weights.hpp"
#include "mll/select/estimate/detail/kappa.hpp"

namespace mll {

namespace detail {

/// The heads of one expert that are named after classes, and what they say about a batch.
struct named_expert {
  std::vector<std::vector<vote>> heads;  // per class; weights sum to 1 over a class with heads
  std::vector<double> trust;             // per class: the best name match; 0 without heads
  matrix<double> scores;                 // [samples, classes]
  double weight = 1;
};

/// Experts with heads for at least two classes.
MLL_LOCAL std::vector<named_expert> named_experts(const selection& chosen, const Eigen::ArrayXXf& log_odds) {
  const std::size_t classes = chosen.ensemble.votes.size();
  const auto samples = static_cast<std::size_t>(log_odds.rows());
  std::vector<model_id> models;
  for (const head_id head : chosen.ensemble.heads) {
    if (head.model.valid() && (models.empty() || models.back() != head.model)) models.push_back(head.model);
  }
  std::vector<named_expert> out;
  for (const model_id model : models) {
    named_expert expert;
    expert.heads.resize(classes);
    expert.trust.assign(classes, 0);
    std::size_t known = 0;
    for (std::size_t y = 0; y < classes; ++y) {
      double total = 0;
      for (const named_head& one : chosen.named[y]) {
        if (one.match < 0.3F || chosen.ensemble.heads[one.head].model != model) continue;
        total += static_cast<double>(one.match);
        expert.trust[y] = std::max(expert.trust[y], static_cast<double>(one.match));
        expert.heads[y].push_back(
            {.head = one.head, .weight = one.match, .intercept = std::log(static_cast<float>(one.width))});
      }
      for (vote& v : expert.heads[y]) v.weight /= static_cast<float>(total);
      known += expert.heads[y].empty() ? 0 : 1;
    }
    if (known < 2) continue;
    expert.scores = zeros<double>(samples, classes);
    for (std::size_t y = 0; y < classes; ++y) {
      for (const vote& v : expert.heads[y]) {
        std::vector<float> x(log_odds.data() + v.head * samples, log_odds.data() + (v.head + 1) * samples);
        numerics::to_log_probability(std::span{x});
        for (std::size_t i = 0; i < samples; ++i)
          row_of(expert.scores, i)[y] += static_cast<double>(v.weight * (x[i] + v.intercept));
      }
    }
    out.push_back(std::move(expert));
  }
  return out;
}

/// Weighs experts by their agreement with the others on the batch.
MLL_LOCAL void weigh_by_agreement(std::vector<named_expert>& experts, std::size_t samples,
                                  std::size_t classes) {
  constexpr int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    matrix<double> sum = zeros<double>(samples, classes);
    std::vector<double> share(classes, 0);
    for (const named_expert& one : experts) {
      for (std::size_t y = 0; y < classes; ++y) share[y] += one.weight * one.trust[y];
      for (std::size_t i = 0; i < samples; ++i) {
        for (std::size_t y = 0; y < classes; ++y)
          row_of(sum, i)[y] += one.weight * one.trust[y] * row_of(one.scores, i)[y];
      }
    }
    std::vector<double> next;
    for (const named_expert& one : experts) {
      std::vector<double> rest(classes);
      std::vector<std::size_t> shared;  // classes that this expert and another one know
      for (std::size_t y = 0; y < classes; ++y) {
        rest[y] = share[y] - one.weight * one.trust[y];
        if (rest[y] > 1e-9 && one.trust[y] > 0) shared.push_back(y);
      }
      std::vector<std::uint32_t> own;
      std::vector<std::uint32_t> others;
      for (std::size_t i = 0; i < samples && shared.size() > 1; ++i) {
        const auto other = [&](std::size_t y) {
          return (row_of(sum, i)[y] - one.weight * one.trust[y] * row_of(one.scores, i)[y]) / rest[y];
        };
        std::size_t best = classes;
        for (std::size_t y = 0; y < classes; ++y) {
          if (rest[y] > 1e-9 && (best == classes || other(y) > other(best))) best = y;
        }
        const auto at = std::find(shared.begin(), shared.end(), best);
        if (at == shared.end()) continue;  // of a class that this expert does not know
        std::size_t answer = 0;
        for (std::size_t k = 1; k < shared.size(); ++k) {
          if (row_of(one.scores, i)[shared[k]] > row_of(one.scores, i)[shared[answer]]) answer = k;
        }
        own.push_back(static_cast<std::uint32_t>(answer));
        others.push_back(static_cast<std::uint32_t>(at - shared.begin()));
      }
      double kappa = own.size() < 5 ? 0 : cohen_kappa(own, others, {}, shared.size());
      if (!(kappa > 0.01)) kappa = 0.01;
      next.push_back(kappa * kappa);
    }
    for (std::size_t m = 0; m < experts.size(); ++m) experts[m].weight = next[m];
  }
}

/// Replaces votes by `(1 - m)` of them and m of those of the named experts, at a temperature of 1.5.
MLL_LOCAL void mix_named_votes(const std::vector<named_expert>& experts, double m, ensemble& out) {
  constexpr double temperature = 1.5;
  const double before = (1 - m) * static_cast<double>(out.temperature);
  const double after = before + m * temperature;
  for (std::size_t y = 0; y < out.votes.size(); ++y) {
    for (vote& v : out.votes[y]) v.weight *= static_cast<float>(before / after);
    double total = 0;
    for (const named_expert& one : experts) total += one.weight * one.trust[y];
    if (!(total > 0)) continue;
    for (const named_expert& one : experts) {
      for (vote v : one.heads[y]) {
        v.weight *= static_cast<float>(one.weight * one.trust[y] / total * m * temperature / after);
        out.votes[y].push_back(v);
      }
    }
  }
  out.temperature = static_cast<float>(after);
  if (out.correction) out.correction->strength *= static_cast<float>(1 - m);
  if (out.general) out.general->strength *= static_cast<float>(1 - m);
}

}  // namespace detail

MLL_DEFINE selection adapt(const selection& chosen, const batch_responses& batch) {
  if (batch.log_odds.rows() == 0) throw invalid_argument{"batch", "at least 1 sample", "0"};
  const matrix<float> scores = combine(chosen.ensemble, batch.log_odds, batch.embeddings);
  selection out = chosen;
  if (!chosen.estimate || !chosen.estimate->is_known() || chosen.named.size() != chosen.ensemble.votes.size())
    return out;
  const std::size_t classes = chosen.ensemble.votes.size();
  const auto sure = [&](const matrix<float>& log_probabilities) {
    return detail::log_odds_of_kappa(detail::assigned_probability(log_probabilities, {}), classes);
  };
  const double fall = detail::log_odds_of_kappa(chosen.estimate->accuracy, classes) - sure(scores);
  const detail::scores_by_source sources =
      detail::source_scores(chosen.ensemble, batch.log_odds, batch.embeddings);
  const detail::weight_by_source weights =
      detail::calibrated_weights(*chosen.estimate, detail::present_in(sources));
  if (out.ensemble.general && weights[0] > 0) {
    const auto calibrated = [&](std::size_t k, double factor) {
      matrix<float> alone = sources[k];
      for (Eigen::Index i = 0; i < alone.size(); ++i) alone.data()[i] *= static_cast<float>(factor);
      detail::log_softmax_rows(alone);
      return sure(alone);
    };
    // The scores of the votes have the temperature of the whole ensemble; alone they need their own.
    if (calibrated(2, chosen.estimate->calibrations.general) > calibrated(0, 1 / weights[0]))
      out.ensemble.general->strength *= static_cast<float>(1 + 3 * std::clamp(fall, 0.0, 1.5));
  }
  double named = 0;
  for (const auto& of_class : chosen.named) {
    const bool has = std::any_of(of_class.begin(), of_class.end(),
                                 [](const named_head& one) { return one.match >= 0.3F; });
    named += has ? 1 / static_cast<double>(classes) : 0;
  }
  const double m = std::clamp((fall - 0.75) / 1.5, 0.0, 1.0) * named * named;
  if (!(m > 0) || chosen.ensemble.scale != vote_scale::log_probability) return out;
  std::vector<detail::named_expert> experts = detail::named_experts(chosen, batch.log_odds);
  if (experts.size() < 3) return out;  // agreement of two experts does not tell which one is right
  detail::weigh_by_agreement(experts, static_cast<std::size_t>(batch.log_odds.rows()), classes);
  detail::mix_named_votes(experts, m, out.ensemble);
  return out;
}

}  // namespace mll
