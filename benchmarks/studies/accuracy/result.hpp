// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kit.hpp"
#include "mll/core/detail/roc_area.hpp"
#include "mll/core/matrix.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/select/selection.hpp"

namespace accuracy {

/// The result of a method on a task.
struct result {
  std::string task;
  std::string method;
  std::string tasks_dir = {};
  double accuracy = 0;
  double macro_accuracy = 0;
  std::size_t experts_run = 0;
  std::size_t heads_used = 0;
  std::optional<mll::accuracy_estimate> estimate = {};  // before seeing any sample
  mll::accuracy_estimate batch_estimate = {};           // from the unlabelled samples
  double seconds = 0;
  double calibration_error = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> at_coverage = {};  // accuracy on the 5, 10, ..., 100 % with the highest confidence
  std::vector<double> at_coverage_by_confidence = {};  // the same by `prediction::confidence`
  // Areas under the ROC curve: of right answers against wrong ones, of samples of the task against outsiders.
  double right_by_probability = std::numeric_limits<double>::quiet_NaN();
  double right_by_confidence = std::numeric_limits<double>::quiet_NaN();
  double outsiders_by_probability = std::numeric_limits<double>::quiet_NaN();
  double outsiders_by_confidence = std::numeric_limits<double>::quiet_NaN();
  double outsiders_by_belongs = std::numeric_limits<double>::quiet_NaN();
  double senses_right = std::numeric_limits<double>::quiet_NaN();
};

/// Accuracy on the 5, 10, ..., 100 % of the answers with the highest confidence.
inline std::vector<double> accuracy_at_coverage(std::vector<std::pair<double, bool>> answers) {
  std::stable_sort(answers.begin(), answers.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<double> out;
  constexpr std::size_t steps = 20;
  for (std::size_t step = 1; step <= steps; ++step) {
    const std::size_t kept = std::max<std::size_t>(1, answers.size() * step / steps);
    double hits = 0;
    for (std::size_t i = 0; i < kept; ++i) hits += answers[i].second ? 1 : 0;
    out.push_back(hits / static_cast<double>(kept));
  }
  return out;
}

/// Computes the measures that follow from the probabilities `[samples, classes]`. @return per sample, whether
/// its answer is right
inline std::vector<bool> score(const accuracy::kit_task& task, const mll::matrix<float>& probabilities,
                               result& out) {
  const std::size_t samples = task.truth.size();
  std::vector<double> correct(task.classes.size(), 0);
  std::vector<double> count(task.classes.size(), 0);
  std::vector<std::pair<double, bool>> answers;  // confidence, and whether correct
  for (std::size_t i = 0; i < samples; ++i) {
    Eigen::Index top = 0;
    const double confidence =
        static_cast<double>(probabilities.row(static_cast<Eigen::Index>(i)).maxCoeff(&top));
    const bool hit = static_cast<std::size_t>(top) == task.truth[i];
    answers.emplace_back(confidence, hit);
    count[task.truth[i]] += 1;
    correct[task.truth[i]] += hit ? 1 : 0;
    out.accuracy += hit ? 1 : 0;
  }
  out.accuracy /= static_cast<double>(samples);
  double seen = 0;
  for (std::size_t y = 0; y < count.size(); ++y) {
    if (count[y] == 0) continue;
    out.macro_accuracy += correct[y] / count[y];
    ++seen;
  }
  out.macro_accuracy /= seen;

  constexpr std::size_t bins = 15;  // expected calibration error
  std::vector<double> confidence_in(bins, 0);
  std::vector<double> correct_in(bins, 0);
  for (const auto& [confidence, hit] : answers) {
    const auto bin = std::min(bins - 1, static_cast<std::size_t>(confidence * static_cast<double>(bins)));
    confidence_in[bin] += confidence;
    correct_in[bin] += hit ? 1 : 0;
  }
  out.calibration_error = 0;
  for (std::size_t b = 0; b < bins; ++b) out.calibration_error += std::abs(confidence_in[b] - correct_in[b]);
  out.calibration_error /= static_cast<double>(samples);

  std::vector<bool> hits;
  hits.reserve(answers.size());
  for (const auto& answer : answers) hits.push_back(answer.second);
  out.at_coverage = accuracy_at_coverage(std::move(answers));
  return hits;
}

/// Computes the measures of abstention. @param[in] hits per sample of the task, whether its answer is right
inline void score_abstention(const std::vector<mll::prediction>& found, const std::vector<bool>& hits,
                             const std::vector<mll::prediction>& outsiders, result& out) {
  std::vector<std::pair<double, bool>> answers;
  for (std::size_t i = 0; i < found.size(); ++i)
    answers.emplace_back(static_cast<double>(found[i].confidence), hits[i]);
  out.at_coverage_by_confidence = accuracy_at_coverage(std::move(answers));
  const auto right_by = [&](float mll::prediction::*number) {
    std::vector<double> by_truth[2];
    for (std::size_t i = 0; i < found.size(); ++i)
      by_truth[hits[i] ? 1 : 0].push_back(static_cast<double>(found[i].*number));
    return mll::detail::roc_area_of(by_truth[1], by_truth[0]);
  };
  out.right_by_probability = right_by(&mll::prediction::probability);
  out.right_by_confidence = right_by(&mll::prediction::confidence);
  const auto outsiders_by = [&](const auto& number) {
    std::vector<double> inside;
    std::vector<double> outside;
    for (const auto& one : found) inside.push_back(static_cast<double>(number(one)));
    for (const auto& one : outsiders) outside.push_back(static_cast<double>(number(one)));
    return mll::detail::roc_area_of(inside, outside);
  };
  out.outsiders_by_probability = outsiders_by([](const auto& one) { return one.probability; });
  out.outsiders_by_confidence = outsiders_by([](const auto& one) { return one.confidence; });
  if (!found.empty() && found.front().belongs)
    out.outsiders_by_belongs = outsiders_by([](const auto& one) { return *one.belongs; });
}

}  // namespace accuracy
