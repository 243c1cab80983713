// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"
#include "mll/graph/detail/cycle.hpp"
#include "mll/graph/detail/topological_order.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/node_graph.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/synset.hpp"

namespace mll {

MLL_DEFINE void semantic_nodes::index(std::shared_ptr<const void> owner, std::vector<const synset*> payload,
                                      std::vector<std::pair<node_id, node_id>> edges,
                                      const irregular_forms& irregular) {
  owner_ = std::move(owner);
  payload_ = std::move(payload);
  parents_ = node_graph{size(), edges};
  for (auto& [child, parent] : edges) std::swap(child, parent);
  children_ = node_graph{size(), edges};
  index_payload(irregular);
  order_nodes();
  take_fingerprint();
}

MLL_DEFINE void semantic_nodes::index_payload(const irregular_forms& irregular) {
  std::vector<std::pair<std::string_view, word_sense>> entries;
  entries.reserve(2 * size());
  by_id_.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    const node_id v{i};
    const synset& payload = (*this)[v];
    if (payload.id.empty()) {
      throw invalid_argument{"graph", "a synset id at every vertex",
                             "an empty one at vertex " + std::to_string(i)};
    }
    if (!by_id_.insert(payload.id).second) {
      throw invalid_argument{"graph", "unique synset ids", "'" + payload.id + "' twice"};
    }
    std::uint16_t position = 0;
    for (const lemma& word : payload.lemmas) {
      if (position < std::numeric_limits<std::uint16_t>::max()) ++position;
      entries.emplace_back(word.text, word_sense{v, word.sense, word.frequency, position});
    }
  }
  words_ = lexicon{entries, irregular};
}

MLL_DEFINE void semantic_nodes::order_nodes() {
  order_ = detail::topological_order(parents_, children_);
  if (order_.size() != size()) {
    auto cycle = detail::find_cycle(parents_);
    auto text = detail::print_cycle(cycle, [&](node_id v) -> const std::string& { return (*this)[v].id; });
    throw detail::cycle_error{std::move(cycle), std::move(text)};
  }
  std::copy_if(order_.begin(), order_.end(), std::back_inserter(roots_),
               [&](node_id v) { return parents(v).empty(); });
  std::sort(roots_.begin(), roots_.end());
  depth_ = detail::depths(children_, roots_);
  if (size() > 0) max_depth_ = *std::max_element(depth_.begin(), depth_.end());
}

MLL_DEFINE void semantic_nodes::take_fingerprint() {
  for (std::size_t i = 0; i < size(); ++i) {
    fingerprint_ = stable_hash((*this)[node_id{i}].id, fingerprint_);
    for (const node_id parent : parents(node_id{i})) fingerprint_ = derive_seed(fingerprint_, parent.value());
  }
  if (fingerprint_ == 0) fingerprint_ = 1;
}

}  // namespace mll
