// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <unordered_set>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/activation_decision.hpp"

namespace mll::detail {

/// Whether the values are in [0, 1] but for rounding.
[[nodiscard]] inline bool are_scores(const matrix<float>& rows) {
  for (Eigen::Index i = 0; i < rows.size(); ++i) {
    const float value = rows.data()[i];
    if (!(value >= -numerics::score_tolerance && value <= 1 + numerics::score_tolerance)) return false;
  }
  return true;
}

/// Whether there are at least 2 columns, no value is negative, and each row sums to 1 but for rounding.
[[nodiscard]] inline bool are_distributions(const matrix<float>& rows) {
  if (rows.cols() < 2 || rows.rows() == 0) return false;
  for (Eigen::Index r = 0; r < rows.rows(); ++r) {
    double sum = 0;
    for (Eigen::Index c = 0; c < rows.cols(); ++c) {
      if (!(rows(r, c) >= -numerics::score_tolerance)) return false;
      sum += static_cast<double>(rows(r, c));
    }
    if (!(std::abs(sum - 1) <= 1e-3)) return false;
  }
  return true;
}

/// Decides which activation makes the output of a network probabilities.
/// @param[in] asked in the options
/// @param[in] last  operator that computes the output, without those that only change its shape
/// @param[in] rows  `[samples, heads]`, what the network returned for random samples
[[nodiscard]] inline activation_decision decide_activation(const std::optional<activation>& asked,
                                                           const std::string& last,
                                                           const matrix<float>& rows) {
  // Sums of products are unbounded, even if those of the random samples lie in [0, 1].
  static const std::unordered_set<std::string> linear = {
      "Add",    "AveragePool", "BatchNormalization", "Conv",       "Gemm",           "GlobalAveragePool",
      "MatMul", "QGemm",       "QLinearConv",        "ReduceMean", "LinearRegressor"};
  using enum activation_source;
  if (asked) return {*asked, options, "options.output"};
  if (last == "Softmax" || last == "Sigmoid" || last == "HardSigmoid")
    return {activation::identity, graph, "the graph ends with " + last};
  if (last == "LogSoftmax")
    return {activation::softmax, graph, "the graph ends with LogSoftmax, whose softmax is the exponential"};
  const std::string samples = std::to_string(rows.rows()) + " random samples";
  if (are_distributions(rows))
    return {activation::identity, probe, "the scores of each of " + samples + " sum to 1"};
  const activation of_logits = rows.cols() == 1 ? activation::sigmoid : activation::softmax;
  if (linear.contains(last)) return {of_logits, graph, "the graph ends with " + last + ": logits"};
  if (!are_scores(rows)) return {of_logits, probe, "values of " + samples + " are outside [0, 1]: logits"};
  return {activation::identity, probe, "all values of " + samples + " are in [0, 1]"};
}

}  // namespace mll::detail
