// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mll {

/// Something in a store that is not what was written.
struct store_damage {
  std::string model = {};  ///< name of the model that is affected; empty: not one of them alone
  std::string node = {};   ///< synset id of the node that is affected; empty likewise
  std::string what = {};   ///< in words

  friend bool operator==(const store_damage&, const store_damage&) = default;
};

/// What a look at every byte of a store has found.
struct store_report {
  std::vector<store_damage> damages;  ///< empty: all is well
  std::size_t models = 0;             ///< that were looked at
  std::size_t nodes = 0;              ///< likewise
  std::size_t chunks = 0;             ///< labels of single models on single nodes, likewise

  [[nodiscard]] bool clean() const noexcept { return damages.empty(); }
};

}  // namespace mll
