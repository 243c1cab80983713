// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>

namespace mll {

/// What a committed change to a store survives. A change that was not committed is never visible in part.
enum class store_durability {
  power_loss,     ///< power loss, if the disk honours flushes (`PRAGMA synchronous = FULL`)
  process_crash,  ///< the end of the process; power loss may undo the last changes, in order
                  ///< (`PRAGMA synchronous = NORMAL`)
};

enum class store_access {
  read_write,
  read_only,  ///< changes are refused; the file is not touched
};

/// How to open a store; see `basic_hub_store`.
struct store_options {
  store_access access = store_access::read_write;
  store_durability durability = store_durability::power_loss;
  /// How long a writer waits for another one; 0: fail at once with `store_errc::locked`.
  std::chrono::milliseconds busy_timeout{10000};
};

}  // namespace mll
