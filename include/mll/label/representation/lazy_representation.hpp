// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

/// Representation data that are made when somebody asks for them: files that are decoded, a generator.
/// Labelling asks for every sample once.
///
/// @tparam Sample what the models of the hub take
/// @tparam Make   callable as `(node_id, std::size_t) -> Sample`; gives the same sample at every call.
/// Deduced
///                from the constructor's argument by `lazy_representation{counts, make}`.
template <class Sample, class Make = std::function<Sample(node_id, std::size_t)>>
  requires std::is_invocable_r_v<Sample, const Make&, node_id, std::size_t>
class lazy_representation {
 public:
  using sample_type = Sample;

  /// @param[in] counts (node, number of samples) pairs in any order; nodes with 0 samples are left out
  /// @param[in] make   makes sample i of a node
  /// Throws: `invalid_argument` if an id is invalid or a node comes twice.
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
  /// Makes a sample. Throws: `invalid_argument` if the node does not have so many; what the callable throws.
  [[nodiscard]] Sample sample(node_id v, std::size_t i) const {
    if (const std::size_t count = sample_count(v); i >= count) {
      throw invalid_argument{"i", "less than " + std::to_string(count) + ", the samples of the node",
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
