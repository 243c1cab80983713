// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// The prediction for one sample.
struct prediction {
  std::optional<class_id> answer;  ///< the most probable class, unless it is less probable than the threshold
  float probability = 0;           ///< of the most probable class
};

namespace detail {

/// `[rows, columns]`
MLL_DECLARE [[nodiscard]] std::string shape_text(Eigen::Index rows, Eigen::Index columns);

/// Writes the log-odds of a column of scores into a column of log-odds.
/// @return the first row whose score is not a probability within 1e-4, if there is one
MLL_DECLARE [[nodiscard]] std::optional<Eigen::Index> log_odds_of_scores(const matrix<float>& scores,
                                                                         std::size_t from,
                                                                         Eigen::ArrayXXf& log_odds,
                                                                         std::size_t to);

/// Writes the log-odds of the general heads of a selection into their columns.
/// @param[in] embeddings `[samples, dim]`, unit rows
MLL_DECLARE void run_general_heads(const selection& chosen, const matrix<float>& embeddings,
                                   Eigen::ArrayXXf& log_odds);

/// @param[in] probabilities `[samples, classes]`
MLL_DECLARE [[nodiscard]] std::vector<prediction> most_probable(const matrix<float>& probabilities,
                                                                float threshold);

}  // namespace detail

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/detail/prediction.ipp"
#endif
