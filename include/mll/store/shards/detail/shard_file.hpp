// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/store/content_hash.hpp"
#include "mll/store/detail/labels/operations.hpp"
#include "mll/store/detail/labels/share_plan.hpp"
#include "mll/store/detail/sqlite/connection_pool.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/detail/tables/meta.hpp"
#include "mll/store/detail/tables/selections.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_options.hpp"

/// The file of a shard: a store with the entries of its base.
namespace mll::detail {

/// The note that tells a shard from other stores: a hash of what its base consisted of. Other stores are
/// never taken for a shard, so that a mistyped path costs no labels.
inline constexpr std::string_view shard_note = "shard of";

/// Hash of what the labels of a store are made from.
[[nodiscard]] inline std::string hash_of_base(const catalog& base) {
  content_hash out;
  out.add(base.codec).add(base.graph);
  std::map<std::string, std::string> nodes;
  for (const node_row& row : base.nodes) nodes.emplace(row.node.synset, row.node.fingerprint);
  std::map<std::string, std::string> models;
  for (const stored_model& model : base.models) models.emplace(model.name, label_fingerprint(model));
  for (const auto& entries : {nodes, models}) {
    for (const auto& [name, hash] : entries) out.add(name).add(hash);
    out.add("end");
  }
  return out.text();
}

/// Throws: `invalid_argument` if a store is not a shard of this base.
inline void check_shard(database& db, const share_plan& plan) {
  const auto refuse = [&](const std::string& found) {
    throw invalid_argument{"into", "a new file, or a shard of '" + plan.base + "'",
                           "'" + db.file() + "', " + found};
  };
  if (!read_note(db, shard_note)) refuse("a store that is not a shard");
  if (meta_text(db, "graph") != plan.known.graph) refuse("a shard of a store with another graph");
  std::map<std::string_view, const stored_node*> nodes;
  for (const node_row& row : plan.known.nodes) nodes.emplace(row.node.synset, &row.node);
  const auto rows = read_nodes(db);
  const bool shares_samples = std::any_of(rows.begin(), rows.end(), [&](const node_row& row) {
    const auto found = nodes.find(row.node.synset);
    return found != nodes.end() && *found->second == row.node;
  });
  if (!shares_samples) refuse("a shard of a store with other samples");
}

/// Gives a shard the nodes and models of its base. Labels of samples that have changed are dropped, those of
/// models that have changed become stale. Without changes in the base nothing is written.
inline void follow_base(database& db, const share_plan& plan) {
  if (meta_text(db, "graph") != plan.known.graph) set_meta(db, "graph", std::string_view{plan.known.graph});
  set_nodes(db, plan.known.nodes, missing_nodes::drop);
  std::map<std::string, stored_model> before;
  for (stored_model& model : read_catalog(db).models) {
    std::string name = model.name;
    before.emplace(std::move(name), std::move(model));
  }
  for (const stored_model& model : plan.known.models) {
    const auto found = before.find(model.name);
    if (found == before.end()) {
      stored_model added = model;
      added.latency = 0;
      added.failure.clear();
      add_model(db, std::move(added));
    } else if (label_fingerprint(found->second) != label_fingerprint(model) ||
               found->second.file != model.file) {
      stored_model changed = model;
      changed.latency = found->second.latency;
      update_model(db, model.name, std::move(changed));
    }
  }
  if (const std::string hash = hash_of_base(plan.known); read_note(db, shard_note) != hash)
    write_note(db, shard_note, hash);
}

/// Opens the shard of a base, or creates it. A shard that exists under its name has all entries.
/// Throws: `invalid_argument` if the file is not a shard of this base; as `basic_hub_store::open` and
/// `create`.
template <named_codec Codec>
[[nodiscard]] basic_hub_store<Codec> open_shard(const std::filesystem::path& file, const share_plan& plan,
                                                const store_options& options) {
  std::error_code unknown;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, unknown))) {
    try {
      create_store(file, options, [&](database& db) {
        fill_catalog(db, Codec::name);
        follow_base(db, plan);
      });
    } catch (const store_error& thrown) {
      if (thrown.code() != store_errc::exists) throw;  // else another process has created it meanwhile
    }
  }
  auto out = basic_hub_store<Codec>::open(file, options);
  const connection_pool::lease db{*out.connections()};
  transaction writing{*db, transaction::kind::write};
  check_shard(*db, plan);
  follow_base(*db, plan);
  writing.commit();
  return out;
}

}  // namespace mll::detail
