// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include "mll/core/ids.hpp"

namespace mll {

/// A weighted representation sample: an example of one class of a task.
struct example {
  std::size_t sample = 0;  ///< row of the labels
  class_id target;         ///< its class
  float weight = 0;        ///< the weights of a class sum to 1
};

}  // namespace mll
