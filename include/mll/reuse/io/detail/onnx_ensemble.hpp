// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/reuse/io/detail/onnx_graph_writer.hpp"
#include "mll/select/ensemble/detail/folded_correction.hpp"
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

/// Rows of unit length, as `unit_rows` makes them: zero rows stay.
/// @param[in] rows float `[n, dim]`
[[nodiscard]] inline std::string onnx_unit_rows(onnx_graph_writer& to, const std::string& rows,
                                                std::size_t dim) {
  const std::vector<float> ones(dim, 1.0F);
  const std::string squares = to.node("MatMul", {to.node("Mul", {rows, rows}), to.constant(ones, {dim, 1})});
  const std::string length = to.node("Sqrt", {squares});
  const std::string is_zero = to.node("Equal", {length, to.constant(0)});
  return to.node("Div", {rows, to.node("Where", {is_zero, to.constant(1), length})});
}

/// The log-odds of a general model's texts, as `scaled_log_odds` computes them.
/// @param[in] embeddings float `[n, dim]`, unit rows
/// @param[in] texts      `[texts, dim]`
/// @return `[n, texts]`
[[nodiscard]] inline std::string onnx_general_log_odds(onnx_graph_writer& to, const std::string& embeddings,
                                                       const matrix<float>& texts, float scale) {
  const auto rows = static_cast<std::size_t>(texts.rows());
  const auto dim = static_cast<std::size_t>(texts.cols());
  std::vector<float> transposed(rows * dim);
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t d = 0; d < dim; ++d) transposed[d * rows + y] = texts.data()[y * dim + d];
  }
  const std::string cosines = to.node("MatMul", {embeddings, to.constant(transposed, {dim, rows})});
  const std::string p = to.node("Softmax", {to.node("Mul", {cosines, to.constant(scale)})}, "axis", 1);
  return onnx_log_odds(to, p);
}

/// The scores of an ensemble as a part of an ONNX graph, as `combiner` computes them.
/// @param[in] log_odds   float `[n, heads]`
/// @param[in] embeddings of the general model, float `[n, dim]`; empty if they are not used
/// @return probabilities, `[n, classes]`
[[nodiscard]] inline std::string onnx_combine(onnx_graph_writer& to, const ensemble& fitted,
                                              const std::string& log_odds, const std::string& embeddings) {
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
  if (const auto correction = folded_correction(fitted)) {
    const linear_correction& d = *correction;
    const auto numbers = [](const Eigen::VectorXf& of) {
      return std::span{of.data(), static_cast<std::size_t>(of.size())};
    };
    std::string f =
        to.node("Sub", {onnx_log_probability(to, log_odds), to.constant(numbers(d.mean), {heads})});
    f = to.node("Mul", {f, to.constant(numbers(d.scale), {heads})});
    const auto by_row = [&](const Eigen::MatrixXf& of) {
      std::vector<float> out;
      for (Eigen::Index r = 0; r < of.rows(); ++r) {
        for (Eigen::Index y = 0; y < of.cols(); ++y) out.push_back(of(r, y));
      }
      return to.constant(out, {static_cast<std::size_t>(of.rows()), classes});
    };
    f = to.node("MatMul", {f, by_row(d.weights)});
    if (d.embedding_weights.size() != 0)
      f = to.node("Add", {f, to.node("MatMul", {embeddings, by_row(d.embedding_weights)})});
    f = to.node("Add", {f, to.constant(numbers(d.bias), {classes})});
    f = to.node("LogSoftmax", {f}, "axis", 1);
    x = to.node("Add", {x, to.node("Mul", {f, to.constant(d.strength)})});
  }
  return to.node("Softmax", {x}, "axis", 1);
}

}  // namespace mll::detail
