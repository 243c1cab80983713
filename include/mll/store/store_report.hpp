// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mll {

/// What `basic_hub_store::set_samples` changed.
struct store_change {
  std::vector<std::string> added;    ///< synset ids of new nodes
  std::vector<std::string> removed;  ///< of nodes that were removed with their labels
  /// Of nodes whose samples or meaning changed; their labels were dropped.
  std::vector<std::string> replaced;
  std::size_t dropped = 0;     ///< chunks (labels of one model on one node) that were dropped
  std::size_t incomplete = 0;  ///< labels that were complete before and now miss a node

  [[nodiscard]] bool empty() const noexcept { return added.empty() && removed.empty() && replaced.empty(); }
};

/// Damage to a store: data whose checksum does not match, or that are missing.
struct store_damage {
  std::string model = {};  ///< name of the affected model; empty if it is not a single one
  std::string node = {};   ///< synset id of the affected node; likewise
  std::string what = {};   ///< description

  friend bool operator==(const store_damage&, const store_damage&) = default;
};

/// What `basic_hub_store::verify` found.
struct store_report {
  std::vector<store_damage> damages;
  std::size_t model_count = 0;  ///< models that were checked
  std::size_t node_count = 0;   ///< nodes that were checked
  std::size_t chunk_count = 0;  ///< sound chunks: labels of one model on one node

  [[nodiscard]] bool clean() const noexcept { return damages.empty(); }
};

}  // namespace mll
