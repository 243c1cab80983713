// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/detail/product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"

namespace mll {

/// The scale on which votes are added up.
enum class vote_scale {
  log_odds,         ///< log(p / (1 - p))
  log_probability,  ///< log(p + 0.003): small probabilities differ, but not without bound
  probability,      ///< p itself; the class score is the log of the sum
};

/// One head speaking for one class.
struct vote {
  std::uint32_t head = 0;  ///< position in `ensemble::heads`
  float weight = 1;        ///< not negative; the weights of a class sum to 1
  float slope = 1;         ///< what the head says, on the vote scale, times this
  float intercept = 0;     ///< plus this
  float gain = 0;  ///< by how much the vote raised the objective when it was added; 0 if nobody measured
};

/// A linear model over all used heads on the scale `log(p + 0.003)`, standardised.
struct linear_correction {
  Eigen::VectorXf mean;     ///< `[heads]`
  Eigen::VectorXf scale;    ///< `[heads]`, reciprocal standard deviation
  Eigen::MatrixXf weights;  ///< `[heads, classes]`
  Eigen::VectorXf bias;     ///< `[classes]`
  float strength = 1;       ///< factor of its log-probabilities in the class scores
  /// `[dim, classes]`, on the unit embeddings of the general model; empty if it has no part in this.
  Eigen::MatrixXf embedding_weights = {};
};

/// How the answers of some heads become scores of the classes of a task: everything that a selection method
/// fits.
///
/// `F_y(x) = temperature * (sum_v w_v (slope_v s(p_v(x)) + intercept_v)) + strength * log softmax_y D(x)`
/// with the votes v of class y, the vote scale s and the linear correction D; the answer is `softmax_y
/// F_y(x)`.
struct ensemble {
  std::vector<head_id> heads;  ///< heads in use, increasing, without repetition
  mll::vote_scale scale = vote_scale::log_odds;
  std::vector<std::vector<vote>> votes;  ///< for each class
  float temperature = 1;
  std::optional<linear_correction> correction;

  /// Whether the general model's embedding of a sample is needed.
  [[nodiscard]] bool uses_embeddings() const noexcept {
    return correction && correction->embedding_weights.size() != 0;
  }
};

namespace detail {

/// Subtracts the log-sum-exp of each row.
template <class T>
void log_softmax_rows(matrix<T>& scores) {
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    auto row = scores.row(i).array();
    row -= row.maxCoeff();  // scores are finite
    row -= std::log(row.exp().sum());
  }
}

/// Checks what `combine` gets.
template <class LogOdds>
void check_answers(const ensemble& fitted, const Eigen::ArrayBase<LogOdds>& log_odds,
                   const matrix<float>& embeddings) {
  if (log_odds.cols() != static_cast<Eigen::Index>(fitted.heads.size())) {
    throw invalid_argument{"log_odds", std::to_string(fitted.heads.size()) + " columns, one a head",
                           std::to_string(log_odds.cols())};
  }
  if (fitted.uses_embeddings() && (embeddings.rows() != log_odds.rows() ||
                                   embeddings.cols() != fitted.correction->embedding_weights.rows())) {
    throw invalid_argument{
        "embeddings",
        "shape [" + std::to_string(log_odds.rows()) + ", " +
            std::to_string(fitted.correction->embedding_weights.rows()) + "]",
        "[" + std::to_string(embeddings.rows()) + ", " + std::to_string(embeddings.cols()) + "]"};
  }
}

/// Log-probabilities by the linear correction, `[samples, classes]`.
template <class LogOdds>
matrix<typename LogOdds::Scalar> correct(const ensemble& fitted, const Eigen::ArrayBase<LogOdds>& log_odds,
                                         const matrix<float>& embeddings) {
  using T = typename LogOdds::Scalar;
  const linear_correction& d = *fitted.correction;
  const matrix<T> features =
      ((numerics::to_log_probability(log_odds).rowwise() - d.mean.transpose().array()).rowwise() *
       d.scale.transpose().array())
          .matrix();
  matrix<T> out = product<T>(features, d.weights);
  if (fitted.uses_embeddings()) out += product<T>(embeddings, d.embedding_weights);
  out.rowwise() += d.bias.transpose();
  log_softmax_rows(out);
  return out;
}

/// Sum of what the votes of a class say, `[samples]`.
template <class LogOdds, class Sum>
void add_votes(const ensemble& fitted, const std::vector<vote>& votes,
               const Eigen::ArrayBase<LogOdds>& log_odds, Sum&& sum) {
  using T = typename LogOdds::Scalar;
  sum.setZero();
  for (const vote& v : votes) {
    const auto column = log_odds.col(static_cast<Eigen::Index>(v.head));
    switch (fitted.scale) {
      case vote_scale::log_odds:
        sum += v.weight * (v.slope * column + v.intercept);
        break;
      case vote_scale::log_probability:
        sum += v.weight * (v.slope * numerics::to_log_probability(column).col(0) + v.intercept);
        break;
      case vote_scale::probability:
        sum += v.weight * (v.slope * numerics::to_probability(column).col(0) + v.intercept);
        break;
    }
  }
  if (votes.empty()) return;
  if (fitted.scale == vote_scale::probability) sum = sum.max(T{1e-6F}).log();
  sum *= fitted.temperature;
}

/// What `combine` returns, or the exponentials of that, in the shape of `out`.
template <bool AsProbability, class LogOdds, class Out>
void combine_to(const ensemble& fitted, const Eigen::ArrayBase<LogOdds>& log_odds,
                const matrix<float>& embeddings, Out&& out) {
  using T = typename LogOdds::Scalar;
  check_answers(fitted, log_odds, embeddings);
  matrix<T> corrected;
  if (fitted.correction) corrected = correct(fitted, log_odds, embeddings);
  const auto classes = static_cast<Eigen::Index>(fitted.votes.size());
  // Some rows at a time stay in the cache; class after class, so that exponentials are of many rows at once.
  constexpr Eigen::Index most = 128;
  Eigen::Array<T, most, Eigen::Dynamic> scores(most, classes);
  for (Eigen::Index first = 0; first < log_odds.rows(); first += most) {
    const Eigen::Index count = std::min(most, log_odds.rows() - first);
    const auto answers = log_odds.middleRows(first, count);
    auto block = scores.topRows(count);
    for (Eigen::Index y = 0; y < classes; ++y)
      add_votes(fitted, fitted.votes[static_cast<std::size_t>(y)], answers, block.col(y));
    if (fitted.correction) block += fitted.correction->strength * corrected.middleRows(first, count).array();
    using per_row = Eigen::Array<T, Eigen::Dynamic, 1, 0, most, 1>;
    per_row largest = block.col(0);  // scores are finite
    for (Eigen::Index y = 1; y < classes; ++y) largest = largest.max(block.col(y));
    per_row sum = per_row::Zero(count);
    for (Eigen::Index y = 0; y < classes; ++y) {
      auto score = block.col(y);
      score -= largest;
      if constexpr (AsProbability) {
        score = score.exp();
        sum += score;
      } else {
        sum += score.exp();
      }
    }
    sum = AsProbability ? per_row{sum.inverse()} : per_row{sum.log()};
    for (Eigen::Index y = 0; y < classes; ++y) {
      if constexpr (AsProbability) {
        block.col(y) *= sum;
      } else {
        block.col(y) -= sum;
      }
    }
    out.middleRows(first, count) = block.matrix();
  }
}

}  // namespace detail

/// Scores of the classes from the answers of the heads.
///
/// @param[in] fitted   a combination; classes C, heads H
/// @param[in] log_odds `[samples, H]`: log-odds of the responses of `fitted.heads`, column by column
/// @param[in] embeddings `[samples, dim]`: unit embeddings by the general model, where
/// `fitted.uses_embeddings()`
/// @return log-probabilities `[samples, C]`; every row's exponentials sum to 1
///
/// Throws: `invalid_argument` if the width is not H or embeddings of other shape are needed. Complexity:
/// O(samples (votes + H C if corrected)).
template <class LogOdds>
  requires std::same_as<typename LogOdds::Scalar, float>
[[nodiscard]] matrix<float> combine(const ensemble& fitted, const Eigen::ArrayBase<LogOdds>& log_odds,
                                    const matrix<float>& embeddings = {}) {
  matrix<typename LogOdds::Scalar> out(log_odds.rows(), static_cast<Eigen::Index>(fitted.votes.size()));
  detail::combine_to<false>(fitted, log_odds, embeddings, out);
  return out;
}

}  // namespace mll
