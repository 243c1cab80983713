// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>

namespace mll {

/// A node with representation samples, as a store knows it.
struct stored_node {
  std::string synset = {};   ///< id in the graph
  std::size_t samples = 0;   ///< how many, at least 1
  std::string content = {};  ///< hash of the samples (see `content_hash`), or any text that changes with them

  friend bool operator==(const stored_node&, const stored_node&) = default;
};

}  // namespace mll
