// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/core/error.hpp"

namespace mll::dist {

/// A rank was lost or failed, or the network failed: the collective call cannot complete.
class communication_error : public error {
 public:
  using error::error;
};

}  // namespace mll::dist
