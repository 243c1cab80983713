// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/testing/detail/violations.hpp"

namespace mll::testing {

/// Checks the contract of `representation` beyond what the compiler sees: nodes are valid, increasing and the
/// same at every call; a node that is not listed has no samples; counts are stable; samples can be read, and
/// are the same when read again (if they can be compared).
///
/// @param[in] data             the data
/// @param[in] samples_per_node samples to read of each node
/// @return one sentence per violation
template <representation R>
[[nodiscard]] std::vector<std::string> check_representation(const R& data,
                                                            std::size_t samples_per_node = 10) {
  using sample_type = typename R::sample_type;
  detail::violations found;
  std::vector<node_id> nodes;
  const auto list = [&] {
    const auto& listed = data.nodes();  // may be a container by value, which must live on
    const std::span<const node_id> ids = listed;
    return std::vector<node_id>(ids.begin(), ids.end());
  };
  if (!found.attempt("nodes", [&] { nodes = list(); })) return found.take();
  const auto name = [](node_id v) { return "node " + std::to_string(v.value()); };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].valid()) {
      found.add("nodes: expected valid ids, found an invalid one at position " + std::to_string(i));
    } else if (i > 0 && !(nodes[i - 1] < nodes[i])) {
      found.add("nodes: expected increasing ids, found " + name(nodes[i]) + " after " + name(nodes[i - 1]));
    }
  }
  found.attempt("nodes, called again",
                [&] { found.add_if(list() != nodes, "nodes: returns other nodes when called again"); });

  for (const node_id v : nodes) {
    const std::string where = " of " + name(v);
    found.attempt("reading samples" + where, [&] {
      const auto count = static_cast<std::size_t>(data.sample_count(v));
      for (std::size_t i = 0; i < std::min(count, samples_per_node); ++i) {
        const sample_type first = data.sample(v, i);
        const sample_type again = data.sample(v, i);
        if constexpr (std::equality_comparable<sample_type>) {
          if (!(first == again)) {
            found.add("sample: sample " + std::to_string(i) + where + " differs when read again");
            break;
          }
        }
      }
      found.add_if(static_cast<std::size_t>(data.sample_count(v)) != count,
                   "sample_count: changes for " + name(v));
    });
  }
  // The first id that is not listed, one beyond all, and one inside if there is a gap.
  std::vector<node_id> absent{node_id{nodes.empty() ? std::size_t{0} : nodes.back().index() + 1}};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].index() != i) {
      absent.emplace_back(i);
      break;
    }
  }
  for (const node_id v : absent) {
    if (!v.valid() || std::find(nodes.begin(), nodes.end(), v) != nodes.end()) continue;
    found.attempt("sample_count of a node that is not listed", [&] {
      found.add_if(static_cast<std::size_t>(data.sample_count(v)) != 0,
                   "sample_count: expected 0 for " + name(v) + ", which nodes() does not list, found more");
    });
  }
  return found.take();
}

}  // namespace mll::testing
