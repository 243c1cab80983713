// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>

#include "mll/core/ids.hpp"

namespace mll {

/// A representation sample as an example of a class.
struct example {
  std::size_t sample = 0;  ///< row of the labels
  class_id target;         ///< the class that it is an example of
  float weight = 0;        ///< share of its class; the weights of a class sum to 1
};

}  // namespace mll
