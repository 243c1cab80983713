// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/reuse/detail/balanced_assignment.hpp"
#include "mll/reuse/detail/shift_model.hpp"
#include "mll/reuse/estimate_on_batch.hpp"
#include "mll/select/ensemble/detail/source_scores.hpp"
#include "mll/select/estimate/detail/calibrated_weights.hpp"
#include "mll/select/estimate/detail/kappa.hpp"

namespace mll {

namespace detail {

/// Mean probability under the best assignment of at most 600 samples, evenly spaced.
/// @param[in] log_probabilities `[samples, classes]`
/// @param[in] prior             see `batch_options`
MLL_LOCAL double assigned_probability(const matrix<float>& log_probabilities, std::span<const double> prior) {
  const auto samples = static_cast<std::size_t>(log_probabilities.rows());
  const auto classes = static_cast<std::size_t>(log_probabilities.cols());
  const std::size_t used = std::min<std::size_t>(samples, 600);
  matrix<double> gain(static_cast<Eigen::Index>(used), static_cast<Eigen::Index>(classes));
  for (std::size_t i = 0; i < used; ++i) {
    const auto row = row_of(log_probabilities, i * samples / used);
    for (std::size_t y = 0; y < classes; ++y) row_of(gain, i)[y] = std::exp(static_cast<double>(row[y]));
  }
  std::vector<std::size_t> places;
  for (std::size_t y = 0; y < classes; ++y) {
    const double share = prior.empty() ? 1 / static_cast<double>(classes) : prior[y];
    places.push_back(static_cast<std::size_t>(std::ceil(static_cast<double>(used) * share - 1e-9)));
  }
  // Rounding must leave a place for every sample.
  while (std::accumulate(places.begin(), places.end(), std::size_t{0}) < used)
    ++*std::max_element(places.begin(), places.end());
  return balanced_assignment(gain, places);
}

MLL_LOCAL void check_prior(std::span<const double> prior, std::size_t classes) {
  if (prior.empty()) return;
  double sum = 0;
  bool good = prior.size() == classes;
  for (const double share : prior) {
    good = good && share >= 0;
    sum += share;
  }
  if (good && std::abs(sum - 1) < 1e-6) return;
  throw invalid_argument{
      "options.prior", std::to_string(classes) + " shares that sum to 1",
      std::to_string(prior.size()) + " that sum to " + number_text(static_cast<float>(sum))};
}

/// @param[in] agreement of the sources on the batch; NaN if unknown
MLL_LOCAL shift_features features_of(const selection& chosen, const matrix<float>& log_probabilities,
                                     double agreement, std::span<const double> prior) {
  const accuracy_estimate& before = *chosen.estimate;
  const auto samples = static_cast<std::size_t>(log_probabilities.rows());
  const auto classes = static_cast<std::size_t>(log_probabilities.cols());
  shift_features out;
  out.cot = log_odds_of_kappa(assigned_probability(log_probabilities, prior), classes);
  out.promised = log_odds_of_kappa(before.accuracy, classes);
  out.agreement = agreement;
  if (!std::isnan(agreement) && !std::isnan(before.agreement)) {
    const auto clipped = [](double kappa) { return std::clamp(kappa, 0.03, 1.0); };
    constexpr double noise = 0.1;  // of two kappas from some hundred samples each
    out.fall_of_agreement = std::min(0.0, std::log(clipped(agreement) / clipped(before.agreement)) + noise);
  }
  std::vector<double> column(classes, 0);
  double square = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto row = row_of(log_probabilities, i);
    double mean = 0;
    for (const float x : row) mean += std::max(-100.0, static_cast<double>(x)) / static_cast<double>(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      const double x = std::max(-100.0, static_cast<double>(row[y])) - mean;
      column[y] += x / static_cast<double>(samples);
      square += x * x / static_cast<double>(samples);
    }
  }
  double bias = 0;
  for (const double x : column) bias += x * x;
  out.bias = std::log(std::max(1e-9, bias) / std::max(1e-9, square - bias));
  for (std::size_t y = 0; y < classes; ++y) {
    const double share = 1 / static_cast<double>(classes);
    const coverage kind = chosen.match.classes[y].coverage;
    if (kind == coverage::own_samples) out.own += share;
    if (kind == coverage::own_samples || kind == coverage::descendant_samples) continue;
    const bool is_named = y < before.name_matches.size() && before.name_matches[y] >= 0.3;
    (is_named ? out.named : out.nameless) += share;
  }
  return out;
}

MLL_LOCAL accuracy_estimate estimate_from(const selection& chosen, const shift_features& seen,
                                          std::size_t samples, const shift_fit& fit) {
  accuracy_estimate out = *chosen.estimate;
  const std::size_t classes = chosen.ensemble.votes.size();
  const double p = shifted_accuracy(fit, seen, classes);
  const double s = shift_error(fit, seen, p, samples);
  out.accuracy = p;
  out.low = std::max(0.0, p - fit.low * s);
  out.high = std::min(1.0, p + fit.high * s);
  out.level = 0.9;
  out.world = sample_world::batch;
  out.elsewhere = {};
  out.fit = fit.name;
  if (samples < std::max<std::size_t>(50, 2 * classes))
    out.caution = "a batch of " + std::to_string(samples) + " samples is small for " +
                  std::to_string(classes) + " classes";
  return out;
}

/// What cannot be estimated from a batch. @return whether there is nothing more to do
MLL_LOCAL bool is_unknown(const selection& chosen, accuracy_estimate& out) {
  out = *chosen.estimate;
  if (out.is_known()) return false;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  out.accuracy = out.low = out.high = nan;
  out.world = sample_world::batch;
  if (out.insufficient.empty()) out.insufficient = "the cross-validated accuracy is unknown";
  return true;
}

MLL_LOCAL double mean_confidence(const matrix<float>& log_probabilities) {
  double sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(log_probabilities.rows()); ++i) {
    const auto row = row_of(log_probabilities, i);
    sum += std::exp(static_cast<double>(*std::max_element(row.begin(), row.end())));
  }
  return sum / static_cast<double>(log_probabilities.rows());
}

MLL_LOCAL void require_estimate(const selection& chosen) {
  if (!chosen.estimate) throw invalid_argument{"chosen", "a selection with an estimate", "one without"};
}

/// Cohen's kappa between the votes and their `second_source`; NaN without both.
MLL_LOCAL double agreement_of(const accuracy_estimate& before, const scores_by_source& scores) {
  const present_sources present = present_in(scores);
  const std::size_t second = second_source(before, present);
  if (!present[0] || second == 0) return std::numeric_limits<double>::quiet_NaN();
  return cohen_kappa(answers_of(scores[0]), answers_of(scores[second]), {},
                     static_cast<std::size_t>(scores[second].cols()));
}

}  // namespace detail

MLL_DEFINE accuracy_estimate estimate_on_batch(const selection& chosen, const batch_responses& batch,
                                               const batch_options& options) {
  detail::require_estimate(chosen);
  const std::size_t classes = chosen.ensemble.votes.size();
  detail::check_prior(options.prior, classes);
  if (batch.log_odds.rows() == 0) throw invalid_argument{"batch", "at least 1 sample", "0"};
  const matrix<float> scores = combine(chosen.ensemble, batch.log_odds, batch.embeddings);
  accuracy_estimate out;
  if (detail::is_unknown(chosen, out)) return out;
  const double agreement = detail::agreement_of(
      *chosen.estimate, detail::source_scores(chosen.ensemble, batch.log_odds, batch.embeddings));
  out = detail::estimate_from(chosen, detail::features_of(chosen, scores, agreement, options.prior),
                              static_cast<std::size_t>(scores.rows()), options.fit.value_or(chosen.shift));
  out.confidence = detail::mean_confidence(scores);
  return out;
}

MLL_DEFINE accuracy_estimate estimate_on_batch(const selection& chosen,
                                               const const_matrix_ref<float>& probabilities,
                                               const batch_options& options) {
  detail::require_estimate(chosen);
  const auto classes = static_cast<Eigen::Index>(chosen.ensemble.votes.size());
  detail::check_prior(options.prior, static_cast<std::size_t>(classes));
  if (probabilities.rows() == 0 || probabilities.cols() != classes) {
    throw invalid_argument{
        "probabilities", "at least 1 row of " + std::to_string(classes) + " columns",
        "[" + std::to_string(probabilities.rows()) + ", " + std::to_string(probabilities.cols()) + "]"};
  }
  matrix<float> scores(probabilities.rows(), classes);
  for (Eigen::Index i = 0; i < probabilities.rows(); ++i) {
    const float* const row = probabilities.data() + i * probabilities.outerStride();
    const auto* const bad = std::find_if_not(row, row + classes, [](float p) { return p >= 0 && p <= 1; });
    if (bad != row + classes) {
      throw invalid_argument{"probabilities", "probabilities in [0, 1]",
                             detail::number_text(*bad) + " in row " + std::to_string(i) + ", column " +
                                 std::to_string(bad - row)};
    }
    for (Eigen::Index y = 0; y < classes; ++y) scores(i, y) = std::log(std::max(row[y], 1e-30F));
  }
  accuracy_estimate out;
  if (detail::is_unknown(chosen, out)) return out;
  out = detail::estimate_from(
      chosen, detail::features_of(chosen, scores, std::numeric_limits<double>::quiet_NaN(), options.prior),
      static_cast<std::size_t>(scores.rows()), options.fit.value_or(chosen.shift));
  out.confidence = detail::mean_confidence(scores);
  return out;
}

}  // namespace mll
