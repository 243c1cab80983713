// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/representation/representation.hpp"

namespace mll {

/// Representation data in memory.
///
/// Thread-safety: as for standard containers (concurrent const access is safe).
///
/// @tparam Sample sample type of the hub's models; copyable
template <class Sample>
class representation_table {
 public:
  using sample_type = Sample;
  /// A synset id and the samples of its node.
  using named_samples = std::pair<std::string, std::vector<Sample>>;

  representation_table() = default;

  /// @param[in] graph the SDAG of the synset ids
  /// @param[in] data  in any order; samples of a repeated node are appended
  /// Throws: `invalid_argument` naming the first synset id that is not in the graph.
  representation_table(const semantic_nodes& graph, std::vector<named_samples> data) {
    for (auto& [synset_id, samples] : data) add(graph, synset_id, std::move(samples));
  }

  /// Appends samples to a node.
  /// Throws: `invalid_argument` if the id is invalid. Whether the graph has the node is checked by labelling.
  /// Complexity: O(samples), plus O(nodes) for a new node that is not the last.
  void add(node_id v, std::vector<Sample> samples) {
    if (!v.valid()) throw invalid_argument{"v", "the id of a node", "an invalid id"};
    if (samples.empty()) return;
    const auto at = std::lower_bound(nodes_.begin(), nodes_.end(), v) - nodes_.begin();
    if (at == std::ssize(nodes_) || nodes_[static_cast<std::size_t>(at)] != v) {
      samples_.insert(samples_.begin() + at, std::move(samples));
      nodes_.insert(nodes_.begin() + at, v);
    } else {
      auto& known = samples_[static_cast<std::size_t>(at)];
      known.insert(known.end(), std::make_move_iterator(samples.begin()),
                   std::make_move_iterator(samples.end()));
    }
  }

  /// Appends samples to the node with a synset id. Throws: `invalid_argument` if the graph lacks it, or is
  /// another one than before.
  void add(const semantic_nodes& graph, std::string_view synset_id, std::vector<Sample> samples) {
    if (graph_ != 0 && graph_ != graph.fingerprint())
      throw invalid_argument{"graph", "the graph of the samples added before", "another graph"};
    add(graph.at(synset_id), std::move(samples));
    graph_ = graph.fingerprint();
  }
  /// Fingerprint of the graph that nodes were found in by their synset ids; 0: unknown.
  [[nodiscard]] std::uint64_t graph() const noexcept { return graph_; }

  /// Nodes with samples, increasing.
  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  /// Complexity: O(log nodes).
  [[nodiscard]] std::size_t sample_count(node_id v) const noexcept { return samples(v).size(); }
  /// All samples of a node, in the order in which they were added. Complexity: O(log nodes).
  [[nodiscard]] std::span<const Sample> samples(node_id v) const noexcept {
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), v);
    if (found == nodes_.end() || *found != v) return {};
    return samples_[static_cast<std::size_t>(found - nodes_.begin())];
  }
  /// Throws: `invalid_argument` if the node has fewer samples.
  [[nodiscard]] const Sample& sample(node_id v, std::size_t i) const {
    const auto known = samples(v);
    if (i >= known.size()) {
      throw invalid_argument{"i",
                             "below " + std::to_string(known.size()) + ", the number of samples of the node",
                             std::to_string(i)};
    }
    return known[i];
  }

 private:
  std::vector<node_id> nodes_;
  std::vector<std::vector<Sample>> samples_;  // parallel to nodes_
  std::uint64_t graph_ = 0;
};

static_assert(representation<representation_table<std::string>>);

}  // namespace mll
