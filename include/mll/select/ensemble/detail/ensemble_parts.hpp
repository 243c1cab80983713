// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/select/ensemble/vote.hpp"

namespace mll::detail {

/// An `ensemble` in plain arrays, for code that is compiled without Eigen; see `parts_of`.
struct ensemble_parts {
  std::size_t heads = 0;
  std::size_t classes = 0;
  std::size_t dim = 0;  ///< of the embeddings; 0 if they are not used
  vote_scale scale = vote_scale::log_odds;
  float temperature = 1;
  float probability_floor = 0;            ///< of `vote_scale::log_probability`
  std::vector<vote> votes;                ///< class by class
  std::vector<std::uint32_t> first_vote;  ///< `[classes + 1]`
  // The correction; empty arrays without one.
  std::vector<float> mean;           ///< `[heads]`
  std::vector<float> inverse_scale;  ///< `[heads]`
  std::vector<float> weights;        ///< `[heads + dim, classes]`
  std::vector<float> bias;           ///< `[classes]`
  float strength = 0;
};

}  // namespace mll::detail
