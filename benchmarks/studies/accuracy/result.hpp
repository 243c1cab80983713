// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
#include "mll/core/matrix.hpp"
#include "mll/select/selection.hpp"

namespace accuracy {

/// The result of a method on a task.
struct result {
  std::string task;
  std::string method;
  double accuracy = 0;
  double macro_accuracy = 0;
  std::size_t experts_run = 0;
  std::size_t heads_used = 0;
  std::optional<mll::accuracy_estimate> estimate = {};  // before seeing any sample
  mll::accuracy_estimate batch_estimate = {};           // from the unlabelled samples
  double seconds = 0;
  double calibration_error = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> at_coverage = {};  // accuracy on the 5, 10, ..., 100 % with the highest confidence
  double senses_right = std::numeric_limits<double>::quiet_NaN();
};

/// Computes the measures that follow from the probabilities `[samples, classes]`.
inline void score(const accuracy::kit_task& task, const mll::matrix<float>& probabilities, result& out) {
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

  std::stable_sort(answers.begin(), answers.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  constexpr std::size_t steps = 20;
  for (std::size_t step = 1; step <= steps; ++step) {
    const std::size_t kept = std::max<std::size_t>(1, samples * step / steps);
    double hits = 0;
    for (std::size_t i = 0; i < kept; ++i) hits += answers[i].second ? 1 : 0;
    out.at_coverage.push_back(hits / static_cast<double>(kept));
  }
}

}  // namespace accuracy
