// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mll {

/// What new samples, or another graph, made of a store.
struct store_change {
  std::vector<std::string> added;    ///< synset ids of nodes that are new
  std::vector<std::string> removed;  ///< of nodes that are gone, with what was known about them
  /// Of nodes whose samples or meaning are no longer what they were; what was known about them is gone.
  std::vector<std::string> replaced;
  std::size_t dropped = 0;     ///< labels of single models on single nodes that were dropped
  std::size_t incomplete = 0;  ///< labels that were complete before and now miss a node

  [[nodiscard]] bool empty() const noexcept { return added.empty() && removed.empty() && replaced.empty(); }
};

}  // namespace mll
