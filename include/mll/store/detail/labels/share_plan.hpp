// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/label_parts.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/label_share.hpp"
#include "mll/store/store_entries.hpp"

/// The labels that a store lacks, by share. Every function runs inside a transaction.
namespace mll::detail {

/// A label of one model on one node that a store lacks.
struct missing_label {
  std::size_t model = 0;  ///< position in the catalog
  std::size_t node = 0;   ///< likewise
  std::size_t share = 0;  ///< from 1
};

inline void require_samples(const database& db, const catalog& known) {
  if (known.nodes.empty())
    throw invalid_argument{"store", "a store with samples (see set_samples)", "'" + db.file() + "' without"};
}

/// Calls `visit(missing_label)` by model, and within a model by node.
/// @param[in] count number of shares
template <class Visit>
void for_each_missing(database& db, const catalog& known, std::size_t count, const Visit& visit) {
  std::vector<std::uint64_t> hashes;
  for (const node_row& row : known.nodes) hashes.push_back(label_share::hash_of(row.node.synset));
  for (std::size_t m = 0; m < known.models.size(); ++m) {
    const stored_model& model = known.models[m];
    if (model.state == label_state::complete) continue;
    const std::uint64_t hash = label_share::hash_of(label_fingerprint(model));
    const auto take = [&](std::size_t node) {
      visit(missing_label{m, node, label_share::number_of(hash, hashes[node], count)});
    };
    if (model.state == label_state::partial) {
      for (const std::size_t node : nodes_without_chunk(db, known, model.id.value())) take(node);
    } else {
      for (std::size_t node = 0; node < known.nodes.size(); ++node) take(node);
    }
  }
}

/// The labels of a share that a store, the base of a shard, misses; with what they are made from.
struct share_plan {
  label_share share = {};
  std::string base = {};  ///< path of the store
  catalog known = {};     ///< of the store
  /// By the name of the model: positions of the nodes in `known`, increasing.
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> missing = {};
};

[[nodiscard]] inline share_plan plan_share(database& db, const label_share& share) {
  share_plan out{share, db.file(), read_catalog(db), {}};
  require_samples(db, out.known);
  for_each_missing(db, out.known, share.count, [&](const missing_label& each) {
    if (each.share == share.number)
      out.missing[out.known.models[each.model].name].push_back(static_cast<std::uint32_t>(each.node));
  });
  return out;
}

/// The position of each node in the catalog of the base; one that no node has for others.
[[nodiscard]] inline std::vector<std::uint32_t> positions_in_base(const share_plan& plan,
                                                                  const std::vector<placed_node>& nodes) {
  std::map<std::string_view, std::uint32_t> base;
  for (const node_row& row : plan.known.nodes)
    base.emplace(row.node.synset, static_cast<std::uint32_t>(base.size()));
  std::vector<std::uint32_t> out;
  for (const placed_node& node : nodes) {
    const auto found = base.find(node.row.node.synset);
    out.push_back(found == base.end() ? std::numeric_limits<std::uint32_t>::max() : found->second);
  }
  return out;
}

}  // namespace mll::detail
