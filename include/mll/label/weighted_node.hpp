// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/core/ids.hpp"

namespace mll {

/// A node and the weight of its samples together, whatever their number.
struct weighted_node {
  node_id node;
  double weight = 1;

  friend bool operator==(const weighted_node&, const weighted_node&) = default;
};

}  // namespace mll
