// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/ensemble/detail/combiner.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/estimate/cross_validation.hpp"
#include "mll/select/estimate/detail/calibrated_weights.hpp"
#include "mll/select/estimate/detail/kappa.hpp"
#include "mll/select/estimate/detail/weigh_sources.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"

namespace mll::detail {

/// Some rows of the scores of each source.
MLL_LOCAL scores_by_source rows_of_scores(const scores_by_source& scores, std::span<const std::size_t> rows) {
  scores_by_source out;
  for (std::size_t k = 0; k < source_count; ++k) {
    if (scores[k].size() == 0) continue;
    out[k].resize(static_cast<Eigen::Index>(rows.size()), scores[k].cols());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto from = row_of(scores[k], rows[i]);
      std::copy(from.begin(), from.end(), row_of(out[k], i).begin());
    }
  }
  return out;
}

/// Weights, temperatures and agreement of the sources, from held-out scores. Samples that are borrowed show
/// other classes, so they are weak evidence for the weight of a source.
/// @return class scores of the rows, calibrated
MLL_LOCAL matrix<float> weigh_sources(exec::backend_ref backend, const task_evidence& evidence,
                                      const scores_by_source& scores, std::span<const example> rows,
                                      accuracy_estimate& out) {
  const std::size_t classes = evidence.class_count();
  std::vector<example> trusted(rows.begin(), rows.end());
  for (example& row : trusted) {
    const coverage kind = evidence.match().classes[row.target.index()].coverage;
    row.weight *= kind == coverage::own_samples ? 1.0F : kind == coverage::descendant_samples ? 0.5F : 0.1F;
  }
  const present_sources present = present_in(scores);
  const bool are_several = std::count(present.begin(), present.end(), true) > 1;
  weight_by_source calibration{1, 1, 1};
  scores_by_source calibrated = scores;
  for (std::size_t k = 0; k < source_count && are_several; ++k) {
    if (!present[k]) continue;
    calibration[k] = best_temperature(backend, scores[k], std::span<const example>{trusted}, 256);
    for (Eigen::Index i = 0; i < calibrated[k].size(); ++i)
      calibrated[k].data()[i] *= static_cast<float>(calibration[k]);
  }
  weight_by_source weights{1, 1, 1};
  if (are_several) {
    const double reliability = evidence_reliability(evidence.match());
    const double ridge = 0.1 / (reliability * reliability) *
                         std::max(1.0, 100 / std::max(1.0, static_cast<double>(rows.size())));
    weights =
        fit_source_weights(backend, calibrated, trusted, {0.4, 0.4 * reliability, 0.2 * reliability}, ridge);
  }
  matrix<float> total = weighted_scores(calibrated, weights, rows.size(), classes);
  out.temperature = best_temperature(backend, total, rows);
  for (Eigen::Index i = 0; i < total.size(); ++i) total.data()[i] *= static_cast<float>(out.temperature);
  for (std::size_t k = 0; k < source_count; ++k) weights[k] *= out.temperature * calibration[k];
  out.weights = {weights[0], weights[1], weights[2]};
  out.calibrations = {calibration[0], calibration[1], calibration[2]};
  const std::size_t second = second_source(out, present);
  if (present[0] && second != 0) {
    std::vector<double> sample_weights;
    for (const example& row : rows) sample_weights.push_back(static_cast<double>(row.weight));
    out.agreement = cohen_kappa(answers_of(scores[0]), answers_of(scores[second]), sample_weights, classes);
  }
  return total;
}

/// A fold per sample, by row of the layout; `folds` for samples that are always trained on.
///
/// The samples of a class are dealt to the folds in random order. Those of descendants of its node are dealt
/// node by node: samples of one node resemble each other more than they resemble those of the task. A sample
/// of several classes has one fold; classes with samples of their own choose first. The only sample of a
/// class is never held out, because nothing would be left to learn the class from.
MLL_LOCAL std::vector<std::size_t> deal_folds(const task_evidence& evidence, std::size_t folds,
                                              std::uint64_t seed) {
  const auto rows = evidence.rows();
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  random_engine engine{seed};
  shuffle(std::span{order}, engine);
  const auto by_node = [&](std::size_t row) {
    const std::size_t y = rows[row].target.index();
    return evidence.match().classes[y].coverage == coverage::descendant_samples &&
           evidence.class_nodes()[y].size() > 1;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return by_node(a) != by_node(b) ? by_node(b) : rows[a].target < rows[b].target;
  });

  const std::size_t unset = folds + 1;
  std::vector<std::size_t> out;
  std::vector<std::size_t> count(evidence.class_count(), 0);
  for (const example& row : rows) {
    out.resize(std::max(out.size(), row.sample + 1), unset);
    ++count[row.target.index()];
  }
  for (const example& row : rows) {
    if (count[row.target.index()] == 1) out[row.sample] = folds;
  }
  std::vector<std::size_t> fold_of_node(evidence.samples().nodes().size(), unset);
  std::size_t dealt = 0;
  for (const std::size_t row : order) {
    std::size_t& fold = out[rows[row].sample];
    if (fold != unset) continue;
    if (!by_node(row)) {
      fold = dealt++ % folds;
      continue;
    }
    std::size_t& of_node = fold_of_node[evidence.samples().position_of_row(rows[row].sample)];
    if (of_node == unset) of_node = dealt++ % folds;
    fold = of_node;
  }
  return out;
}

MLL_DEFINE accuracy_estimate cross_validate_erased(exec::backend_ref backend, const task_evidence& evidence,
                                                   const method_ref& method, std::size_t folds,
                                                   std::uint64_t seed) {
  if (folds < 2) throw invalid_argument{"folds", "at least 2", std::to_string(folds)};
  const auto rows = evidence.rows();
  const std::size_t classes = evidence.class_count();
  const std::vector<std::size_t> fold_of_sample = deal_folds(evidence, folds, seed);

  scores_by_source held_out_scores;
  std::vector<std::size_t> answered;  // rows with held-out scores
  std::vector<double> right(classes, 0);
  std::vector<double> total(classes, 0);
  std::vector<double> squares(classes, 0);  // of the weights, for the effective sample size
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<std::size_t> train;
    std::vector<std::size_t> held_out;
    std::vector<bool> trained(classes, false);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      (fold_of_sample[rows[i].sample] == fold ? held_out : train).push_back(i);
      if (fold_of_sample[rows[i].sample] != fold) trained[rows[i].target.index()] = true;
    }
    if (held_out.empty()) continue;
    // Two classes may share their only samples: those of one fold leave nothing to learn either from.
    const bool fits = evidence.general() != nullptr ||
                      std::all_of(trained.begin(), trained.end(), [](bool has) { return has; });
    if (!fits) continue;
    const task_evidence training = evidence.subset(train);
    const ensemble fitted = method(backend, training);
    const task_evidence tested = evidence.held_out_of(training, held_out);
    const scores_by_source answers =
        source_scores(fitted, tested.log_odds(backend, positions_of(tested, fitted)),
                      fitted.uses_embeddings() ? tested.embeddings() : matrix<float>{});
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      if (!trained[rows[held_out[i]].target.index()]) continue;  // its class is not what would be returned
      answered.push_back(held_out[i]);
      for (std::size_t k = 0; k < source_count; ++k) {
        if (answers[k].size() == 0) continue;
        if (held_out_scores[k].size() == 0) held_out_scores[k] = zeros<float>(rows.size(), classes);
        const std::span<const float> scores = row_of(answers[k], i);
        std::copy(scores.begin(), scores.end(), row_of(held_out_scores[k], held_out[i]).begin());
      }
    }
  }
  std::sort(answered.begin(), answered.end());
  std::vector<example> judged;
  for (const std::size_t row : answered) judged.push_back(rows[row]);

  accuracy_estimate out;
  out.fit = "cross-validation-2";
  for (const class_match& found : evidence.match().classes) {
    out.sample_counts.push_back(found.sample_count);
    out.coverages.push_back(found.coverage);
  }
  matrix<float> scores =
      weigh_sources(backend, evidence, rows_of_scores(held_out_scores, answered), judged, out);
  log_softmax_rows(scores);
  double confidence_weight = 0;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const std::span<const float> row = row_of(scores, i);
    const auto top = std::max_element(row.begin(), row.end());
    const std::size_t y = judged[i].target.index();
    const auto weight = static_cast<double>(judged[i].weight);
    out.confidence += weight * std::exp(static_cast<double>(*top));
    confidence_weight += weight;
    total[y] += weight;
    squares[y] += weight * weight;
    if (static_cast<std::size_t>(top - row.begin()) == y) right[y] += weight;
  }
  if (confidence_weight > 0) out.confidence /= confidence_weight;
  double variance = 0;
  double unproven = 0;
  double counted = 0;
  double unknown = 0;  // classes with samples that could not be judged
  double own = 0;      // judged classes with samples of their own or of descendants
  std::vector<bool> has_samples(classes, false);
  for (const example& row : rows) has_samples[row.target.index()] = true;
  for (std::size_t y = 0; y < classes; ++y) {
    if (total[y] == 0) {
      out.per_class.push_back(std::numeric_limits<double>::quiet_NaN());
      unknown += has_samples[y] ? 1 : 0;
      continue;
    }
    const double share = right[y] / total[y];
    const double samples = total[y] * total[y] / squares[y];
    const double smoothed = (share * samples + 0.5) / (samples + 1);
    out.per_class.push_back(share);
    out.accuracy = (counted == 0 ? 0 : out.accuracy) + share;
    const bool borrowed = evidence.match().classes[y].coverage == coverage::neighbour_samples;
    if (borrowed) unproven += share;
    own += borrowed ? 0 : 1;
    variance += smoothed * (1 - smoothed) / samples;
    ++counted;
  }
  if (counted < 2) {
    out.accuracy = std::numeric_limits<double>::quiet_NaN();
    out.insufficient = "fewer than 2 classes have samples to judge by";
    return out;
  }
  const double sum = out.accuracy;
  const double half_width = 1.96 * std::sqrt(variance) / (counted + unknown);
  out.accuracy = sum / counted;
  out.low = std::max(0.0, (sum - unproven) / (counted + unknown) - half_width);
  out.high = std::min(1.0, (sum + unknown) / (counted + unknown) + half_width);
  if (2 * own < static_cast<double>(classes))
    out.caution = "most classes have no samples of their own or of narrower nodes";
  expect_elsewhere(out, classes, {});
  return out;
}

}  // namespace mll::detail
