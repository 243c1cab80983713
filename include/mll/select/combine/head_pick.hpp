// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>

namespace mll {

/// A chosen candidate.
struct head_pick {
  std::size_t candidate = 0;  ///< column of the class's logits
  float gain = 0;             ///< what it added to the objective when it was chosen
};

}  // namespace mll
