// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <chrono>

namespace mll {

/// What an acknowledged change to a store survives. A change that is not acknowledged is there as a whole or
/// not at all, in either case.
enum class store_durability {
  power_loss,     ///< loss of power, if the disk keeps its promises (`PRAGMA synchronous = FULL`)
  process_crash,  ///< the end of the process at any moment; a loss of power may take the last changes back,
                  ///< in the order in which they were made (`PRAGMA synchronous = NORMAL`)
};

/// Who may do what with an open store.
enum class store_access {
  read_write,
  read_only,  ///< changes are refused; the file is not touched
};

/// How to open a store; see `basic_hub_store`.
struct store_options {
  store_access access = store_access::read_write;
  store_durability durability = store_durability::power_loss;
  /// How long a writer waits for another; 0: it fails at once with `store_error::problem::locked`.
  std::chrono::milliseconds patience{10000};
};

}  // namespace mll
