// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>

namespace mll::detail {

/// A step of a search: a candidate of a class takes a slot of its choice, or joins it if the slot is the one
/// behind the last.
struct head_move {
  std::size_t y = 0;
  std::size_t slot = 0;
  std::size_t candidate = 0;
};

}  // namespace mll::detail
