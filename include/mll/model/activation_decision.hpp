// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "mll/model/activation.hpp"

namespace mll {

/// What an activation was decided by.
enum class activation_source {
  options,  ///< the options of the model
  graph,    ///< the last operators of the network
  probe,    ///< values that the network returned for random samples
};

/// Which activation is applied to the output of a network, and why.
struct activation_decision {
  activation kind = activation::identity;
  activation_source source = activation_source::graph;
  std::string reason = {};  ///< such as "the graph ends with Softmax"
};

}  // namespace mll
