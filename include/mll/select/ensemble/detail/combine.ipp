// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/detail/combiner.hpp"

namespace mll {

MLL_DEFINE void detail::combine_to(const ensemble& fitted, const Eigen::ArrayXXf& log_odds,
                                   const matrix<float>& embeddings, bool as_probability,
                                   matrix_ref<float> out) {
  const auto shape = [](Eigen::Index rows, Eigen::Index columns) {
    return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
  };
  if (log_odds.cols() != static_cast<Eigen::Index>(fitted.heads.size())) {
    throw invalid_argument{"log_odds", std::to_string(fitted.heads.size()) + " columns, one per head",
                           std::to_string(log_odds.cols())};
  }
  if (fitted.uses_embeddings()) {
    const Eigen::Index dim = fitted.embedding_dimension();
    if (embeddings.rows() != log_odds.rows() || embeddings.cols() != dim) {
      throw invalid_argument{"embeddings", "shape " + shape(log_odds.rows(), dim),
                             shape(embeddings.rows(), embeddings.cols())};
    }
  }
  combiner<>{fitted}.run(log_odds, embeddings, as_probability, out);
}

MLL_DEFINE matrix<float> combine(const ensemble& fitted, const Eigen::ArrayXXf& log_odds,
                                 const matrix<float>& embeddings) {
  matrix<float> out(log_odds.rows(), static_cast<Eigen::Index>(fitted.votes.size()));
  detail::combine_to(fitted, log_odds, embeddings, false, out);
  return out;
}

}  // namespace mll
