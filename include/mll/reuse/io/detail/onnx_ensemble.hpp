// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/core/log_probability.hpp"
#include "mll/core/numerics.hpp"
#include "mll/reuse/io/detail/onnx_graph_writer.hpp"
#include "mll/select/ensemble/ensemble.hpp"

namespace mll::detail {

/// The log-odds of scores in [0, 1], as `log_odds_of_scores` computes them.
[[nodiscard]] inline std::string onnx_log_odds(onnx_graph_writer& to, const std::string& scores) {
  const std::string one = to.constant(1);
  const std::string p = to.node("Min", {to.node("Max", {scores, to.constant(0)}), one});
  const std::string odds = to.node("Log", {to.node("Div", {p, to.node("Sub", {one, p})})});
  const std::string bounded = to.node("Min", {odds, to.constant(numerics::max_log_odds)});
  return to.node("Max", {bounded, to.constant(-numerics::max_log_odds)});
}

/// `log(p + probability_floor)` of log-odds.
[[nodiscard]] inline std::string onnx_log_probability(onnx_graph_writer& to, const std::string& log_odds) {
  const std::string p = to.node("Sigmoid", {log_odds});
  return to.node("Log", {to.node("Add", {p, to.constant(numerics::probability_floor)})});
}

/// The scores of an ensemble as a part of an ONNX graph, as `combiner` computes them.
/// @param[in] log_odds float `[n, heads]`
/// @return probabilities, `[n, classes]`
[[nodiscard]] inline std::string onnx_combine(onnx_graph_writer& to, const ensemble& fitted,
                                              const std::string& log_odds) {
  const std::size_t heads = fitted.heads.size();
  const std::size_t classes = fitted.votes.size();
  std::vector<float> weights(heads * classes, 0);
  std::vector<float> intercepts(classes, 0);
  std::vector<float> has_votes(classes, 0);
  for (std::size_t y = 0; y < classes; ++y) {
    has_votes[y] = fitted.votes[y].empty() ? 0.0F : 1.0F;
    for (const vote& v : fitted.votes[y]) {
      weights[v.head * classes + y] += v.weight * v.slope;
      intercepts[y] += v.weight * v.intercept;
    }
  }
  std::string x = log_odds;
  if (fitted.scale == vote_scale::log_probability) x = onnx_log_probability(to, x);
  if (fitted.scale == vote_scale::probability) x = to.node("Sigmoid", {x});
  x = to.node("MatMul", {x, to.constant(weights, {heads, classes})});
  x = to.node("Add", {x, to.constant(intercepts, {classes})});
  if (fitted.scale == vote_scale::probability) {
    x = to.node("Log", {to.node("Max", {x, to.constant(1e-6F)})});
    x = to.node("Mul", {x, to.constant(has_votes, {classes})});
  }
  x = to.node("Mul", {x, to.constant(fitted.temperature)});
  if (fitted.correction) {
    const linear_correction& d = *fitted.correction;
    const auto numbers = [](const Eigen::VectorXf& of) {
      return std::span{of.data(), static_cast<std::size_t>(of.size())};
    };
    std::string f =
        to.node("Sub", {onnx_log_probability(to, log_odds), to.constant(numbers(d.mean), {heads})});
    f = to.node("Mul", {f, to.constant(numbers(d.scale), {heads})});
    std::vector<float> by_row(heads * classes);
    for (std::size_t h = 0; h < heads; ++h) {
      for (std::size_t y = 0; y < classes; ++y)
        by_row[h * classes + y] = d.weights(static_cast<Eigen::Index>(h), static_cast<Eigen::Index>(y));
    }
    f = to.node("MatMul", {f, to.constant(by_row, {heads, classes})});
    f = to.node("Add", {f, to.constant(numbers(d.bias), {classes})});
    f = to.node("LogSoftmax", {f}, "axis", 1);
    x = to.node("Add", {x, to.node("Mul", {f, to.constant(d.strength)})});
  }
  return to.node("Softmax", {x}, "axis", 1);
}

}  // namespace mll::detail
