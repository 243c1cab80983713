// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

namespace mll::detail {

/// Temperature and mean confidence of held-out scores.
MLL_LOCAL void judge_probabilities(exec::backend_ref backend, const matrix<float>& scores,
                                   std::span<const example> rows, std::vector<std::size_t> answered,
                                   accuracy_estimate& out) {
  std::sort(answered.begin(), answered.end());
  matrix<float> kept(static_cast<Eigen::Index>(answered.size()), scores.cols());
  std::vector<example> kept_rows;
  for (std::size_t i = 0; i < answered.size(); ++i) {
    const std::span<const float> from = row_of(scores, answered[i]);
    std::copy(from.begin(), from.end(), row_of(kept, i).begin());
    kept_rows.push_back(rows[answered[i]]);
  }
  out.temperature = best_temperature(backend, kept, std::span<const example>{kept_rows});
  for (Eigen::Index i = 0; i < kept.size(); ++i) kept.data()[i] *= static_cast<float>(out.temperature);
  log_softmax_rows(kept);
  double total = 0;
  for (std::size_t i = 0; i < kept_rows.size(); ++i) {
    const auto weight = static_cast<double>(kept_rows[i].weight);
    const std::span<const float> row = row_of(kept, i);
    out.confidence += weight * std::exp(static_cast<double>(*std::max_element(row.begin(), row.end())));
    total += weight;
  }
  if (total > 0) out.confidence /= total;
}

MLL_DEFINE accuracy_estimate cross_validate_erased(exec::backend_ref backend, const task_evidence& evidence,
                                                   const method_ref& method, std::size_t folds,
                                                   std::uint64_t seed) {
  if (folds < 2) throw invalid_argument{"folds", "at least 2", std::to_string(folds)};
  const auto rows = evidence.rows();
  const std::size_t classes = evidence.class_count();

  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  random_engine engine{seed};
  shuffle(std::span{order}, engine);
  // Dealt class by class in random order; a sample of a second class keeps its fold.
  std::vector<std::size_t> fold_of_sample;
  for (const auto& row : rows) fold_of_sample.resize(std::max(fold_of_sample.size(), row.sample + 1), folds);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rows[a].target < rows[b].target; });
  for (std::size_t k = 0; k < order.size(); ++k) {
    std::size_t& fold = fold_of_sample[rows[order[k]].sample];
    if (fold == folds) fold = k % folds;
  }

  matrix<float> held_out_scores = zeros<float>(rows.size(), classes);
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
    const bool fits = evidence.general() != nullptr ||
                      std::all_of(trained.begin(), trained.end(), [](bool has) { return has; });
    matrix<float> answers;
    const auto tested = evidence.subset(held_out);
    if (fits) {
      const ensemble fitted = method(backend, evidence.subset(train));
      answers = answer_rows(backend, tested, fitted);
    }
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const example& row = rows[held_out[i]];
      // No fit: this fold holds all samples of some class. Only that class is charged with errors.
      if (!fits && trained[row.target.index()]) continue;
      const auto weight = static_cast<double>(row.weight);
      total[row.target.index()] += weight;
      squares[row.target.index()] += weight * weight;
      if (!fits) continue;
      answered.push_back(held_out[i]);
      const std::span<const float> scores = row_of(answers, i);
      std::copy(scores.begin(), scores.end(), row_of(held_out_scores, held_out[i]).begin());
      const auto top = std::max_element(scores.begin(), scores.end()) - scores.begin();
      if (static_cast<std::size_t>(top) == row.target.index()) right[row.target.index()] += weight;
    }
  }

  accuracy_estimate out;
  judge_probabilities(backend, held_out_scores, rows, answered, out);
  double variance = 0;
  double unproven = 0;
  double counted = 0;
  for (std::size_t y = 0; y < classes; ++y) {
    if (total[y] == 0) {
      out.per_class.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const double share = right[y] / total[y];
    const double samples = total[y] * total[y] / squares[y];
    const double smoothed = (share * samples + 0.5) / (samples + 1);
    out.per_class.push_back(share);
    out.accuracy += share;
    if (evidence.match().classes[y].coverage == coverage::neighbour_samples) unproven += share;
    variance += smoothed * (1 - smoothed) / samples;
    ++counted;
  }
  if (counted == 0) {
    out.accuracy = out.low = out.high = std::numeric_limits<double>::quiet_NaN();
    return out;
  }
  out.accuracy /= counted;
  const double half_width = 1.96 * std::sqrt(variance) / counted;
  out.low = std::max(0.0, out.accuracy - unproven / counted - half_width);
  out.high = std::min(1.0, out.accuracy + half_width);
  return out;
}

}  // namespace mll::detail
