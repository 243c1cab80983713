// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/representation/representation.hpp"

namespace mll {

/// Representation data that are created on demand, by decoding or generating. Labelling requests each sample
/// once.
///
/// @tparam Sample sample type of the hub's models
/// @tparam Make   `(node_id, std::size_t) -> Sample`; returns the same sample at every call. Deduced by
///                `lazy_representation{counts, make}`
template <class Sample, class Make = std::function<Sample(node_id, std::size_t)>>
  requires std::is_invocable_r_v<Sample, const Make&, node_id, std::size_t>
class lazy_representation {
 public:
  using sample_type = Sample;

  /// @param[in] counts (node, number of samples) in any order; nodes with 0 samples are left out
  /// @param[in] make   creates sample i of a node
  /// Throws: `invalid_argument` if an id is invalid or a node is repeated.
  lazy_representation(std::vector<std::pair<node_id, std::size_t>> counts, Make make)
      : make_{std::move(make)} {
    std::sort(counts.begin(), counts.end());
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto [v, count] = counts[i];
      if (!v.valid()) throw invalid_argument{"counts", "ids of nodes", "an invalid id"};
      if (i > 0 && counts[i - 1].first == v) {
        throw invalid_argument{"counts", "every node once", "node " + std::to_string(v.value()) + " twice"};
      }
      if (count == 0) continue;
      nodes_.push_back(v);
      counts_.push_back(count);
    }
  }

  /// Nodes with samples, increasing.
  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  /// Complexity: O(log nodes).
  [[nodiscard]] std::size_t sample_count(node_id v) const noexcept {
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), v);
    return found != nodes_.end() && *found == v ? counts_[static_cast<std::size_t>(found - nodes_.begin())]
                                                : 0;
  }
  /// Creates a sample. Throws: `invalid_argument` if the node has fewer; what `make` throws.
  [[nodiscard]] Sample sample(node_id v, std::size_t i) const {
    if (const std::size_t count = sample_count(v); i >= count) {
      throw invalid_argument{"i", "below " + std::to_string(count) + ", the number of samples of the node",
                             std::to_string(i)};
    }
    return std::invoke(make_, v, i);
  }

 private:
  std::vector<node_id> nodes_;
  std::vector<std::size_t> counts_;  // parallel to nodes_
  Make make_;
};

template <class Make>
lazy_representation(std::vector<std::pair<node_id, std::size_t>>, Make)
    -> lazy_representation<std::decay_t<std::invoke_result_t<const Make&, node_id, std::size_t>>, Make>;

static_assert(representation<lazy_representation<std::string>>);

}  // namespace mll
