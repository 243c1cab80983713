// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

namespace detail {

/// Temperature and mean confidence of held-out scores.
inline void judge_probabilities(exec::backend_ref backend, const matrix<float>& scores,
                                std::span<const example> rows, std::vector<std::size_t> answered,
                                accuracy_estimate& out) {
  std::sort(answered.begin(), answered.end());
  matrix<float> kept(static_cast<Eigen::Index>(answered.size()), scores.cols());
  std::vector<example> kept_rows;
  for (std::size_t i = 0; i < answered.size(); ++i) {
    kept.row(static_cast<Eigen::Index>(i)) = scores.row(static_cast<Eigen::Index>(answered[i]));
    kept_rows.push_back(rows[answered[i]]);
  }
  out.temperature = best_temperature(backend, kept, std::span<const example>{kept_rows});
  kept *= static_cast<float>(out.temperature);
  log_softmax_rows(kept);
  double total = 0;
  for (std::size_t i = 0; i < kept_rows.size(); ++i) {
    const auto weight = static_cast<double>(kept_rows[i].weight);
    out.confidence +=
        weight * std::exp(static_cast<double>(kept.row(static_cast<Eigen::Index>(i)).maxCoeff()));
    total += weight;
  }
  if (total > 0) out.confidence /= total;
}

}  // namespace detail

/// Estimates the accuracy of a selection method on a task by stratified k-fold cross-validation on the
/// representation samples. `select` calls it unless `folds` is 0.
///
/// @code
/// const mll::task_evidence evidence{labels, match};
/// const auto estimate = mll::cross_validate(backend, evidence, mll::chco<>{}, 5, 0);
/// std::cout << estimate.accuracy << " [" << estimate.low << ", " << estimate.high << "]\n";
/// @endcode
///
/// Screening uses the node statistics of all samples (they are stored per node, not per sample); calibration
/// and combination use the training folds only. A sample of several classes is in one fold only. A fold that
/// holds all samples of a class cannot be fitted without a general model: its samples of that class count as
/// errors, its other samples are skipped.
///
/// @tparam Method models `selection_method`
/// @param[in] folds number of folds, at least 2
/// @param[in] seed  seed of the assignment to folds
///
/// The interval is the 95 % interval of a mean of independent proportions, with half an error added per class
/// (Agresti and Coull 1998), so that it has positive width even without errors. The samples of a class with
/// borrowed samples only show other classes: at the lower end its accuracy counts as 0.
///
/// Throws: `invalid_argument` if `folds` is below 2. Complexity: `folds` fits. Deterministic.
template <selection_method Method>
[[nodiscard]] accuracy_estimate cross_validate(exec::backend_ref backend, const task_evidence& evidence,
                                               const Method& method, std::size_t folds, std::uint64_t seed) {
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

  matrix<float> held_out_scores =
      matrix<float>::Zero(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(classes));
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
      answers = detail::answer_rows(backend, tested, fitted);
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
      held_out_scores.row(static_cast<Eigen::Index>(held_out[i])) = answers.row(static_cast<Eigen::Index>(i));
      Eigen::Index top = 0;
      answers.row(static_cast<Eigen::Index>(i)).maxCoeff(&top);
      if (static_cast<std::size_t>(top) == row.target.index()) right[row.target.index()] += weight;
    }
  }

  accuracy_estimate out;
  detail::judge_probabilities(backend, held_out_scores, rows, answered, out);
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

}  // namespace mll
