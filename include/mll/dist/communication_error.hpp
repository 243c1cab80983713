// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mll/core/error.hpp"

namespace mll::dist {

/// A rank is lost or has failed, or the network below a communicator has: the work cannot be completed.
class communication_error : public error {
 public:
  using error::error;
};

}  // namespace mll::dist
