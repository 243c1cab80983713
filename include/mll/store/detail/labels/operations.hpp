// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/store_entries.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_report.hpp"

/// Changes to a store. Every function runs inside a transaction, which the caller commits.
namespace mll::detail {

inline void check_model(const stored_model& model) {
  const auto text = [](const char* what, const std::string& value) {
    if (!is_valid_utf8(value) || value.find('\0') != std::string::npos)
      throw invalid_argument{what, "UTF-8 without zero bytes", "other bytes"};
  };
  if (model.name.empty()) throw invalid_argument{"model.name", "a name", "an empty one"};
  if (model.heads.empty())
    throw invalid_argument{"model.heads", "at least one head", "none in model '" + model.name + "'"};
  text("model.name", model.name);
  text("model.file", model.file);
  text("model.fingerprint", model.fingerprint);
  text("model.failure", model.failure);
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (model.parameters > max || model.bytes > max)
    throw invalid_argument{"model", "fewer than 2^63 parameters and bytes",
                           "more in model '" + model.name + "'"};
  if (!(model.latency >= 0 && std::isfinite(model.latency)))
    throw invalid_argument{"model.latency", "seconds, finite and at least 0", std::to_string(model.latency)};
}

[[nodiscard]] inline stored_model require_model(database& db, std::string_view name) {
  if (auto found = find_model(db, name)) return *std::move(found);
  throw invalid_argument{"name", "the name of a model in the store", "'" + std::string{name} + "'"};
}

inline model_id add_model(database& db, stored_model model) {
  check_model(model);
  if (find_model(db, model.name))
    throw invalid_argument{"model.name", "a name that no model in the store has", "'" + model.name + "'"};
  model.id = model_id{static_cast<std::uint32_t>(advance(db, next_model_key))};
  write_model(db, model);
  return model.id;
}

/// Replaces everything but the id.
inline model_id update_model(database& db, std::string_view name, stored_model model) {
  check_model(model);
  model.id = require_model(db, name).id;
  if (model.name != name && find_model(db, model.name))
    throw invalid_argument{"model.name", "a name that no other model in the store has",
                           "'" + model.name + "'"};
  write_model(db, model);
  return model.id;
}

inline void remove_model(database& db, std::string_view name) {
  const stored_model model = require_model(db, name);
  const auto id = static_cast<std::int64_t>(model.id.value());
  drop_chunks_of_model(db, read_nodes(db), id);
  remove_row(db, "label", label_sum_key, id);
  remove_row(db, "model", model_sum_key, id);
  const std::string key = rewritten_key(id);
  db.prepare("DELETE FROM meta WHERE key = ?").bind(std::string_view{key}).step();
  advance(db, epoch_key);
}

/// Replaces the nodes of a store; new and changed nodes get new ids.
inline store_change set_nodes(database& db, std::vector<node_row> wanted, missing_nodes missing) {
  const catalog known = read_catalog(db);
  store_change out;
  std::map<std::string_view, const node_row*> before;
  for (const node_row& row : known.nodes) before.emplace(row.node.synset, &row);
  std::size_t complete = 0;
  for (const stored_model& model : known.models) complete += model.state == label_state::complete ? 1 : 0;
  const auto drop = [&](const node_row& row) {
    out.dropped += drop_chunks_of_node(db, known, row.id);
    remove_row(db, "node", node_sum_key, row.id);
  };
  for (node_row& row : wanted) {
    const auto found = before.find(row.node.synset);
    if (found != before.end()) {
      const node_row& old = *found->second;
      before.erase(found);
      if (old.node == row.node && old.meaning == row.meaning) continue;
      out.replaced.push_back(row.node.synset);
      drop(old);
    } else {
      out.added.push_back(row.node.synset);
    }
    row.id = advance(db, next_node_key);
    write_node(db, row);
  }
  if (missing == missing_nodes::refuse && !before.empty()) {
    throw invalid_argument{
        "nodes", "samples of node '" + std::string{before.begin()->first} + "', as before",
        "none" +
            (before.size() == 1 ? std::string{}
                                : ", nor of " + std::to_string(before.size() - 1) + " other nodes") +
            "; missing_nodes::drop drops their labels"};
  }
  for (const auto& [synset, row] : before) {
    out.removed.emplace_back(synset);
    drop(*row);
  }
  if (!out.removed.empty() || !out.replaced.empty()) advance(db, epoch_key);
  if (!out.added.empty() || !out.replaced.empty()) {
    advance(db, revision_key);
    out.incomplete = complete;
  }
  return out;
}

/// Drops the rows of the label that are of an earlier state of the model.
inline void begin_label(database& db, const std::vector<node_row>& nodes, const stored_model& model) {
  const auto id = static_cast<std::int64_t>(model.id.value());
  const std::string fingerprint = label_fingerprint(model);
  const auto found = find_label(db, model.id);
  if (found && found->fingerprint == fingerprint) return;
  if (found) {
    drop_chunks_of_model(db, nodes, id);
    advance(db, epoch_key);
  }
  write_label_row(db, id, {fingerprint, 0});
}

/// Marks a label as complete. All its chunks must have been written.
inline void finish_label(database& db, std::int64_t revision, const stored_model& model) {
  write_label_row(db, model.id.value(), {label_fingerprint(model), revision});
}

/// The next chunks of a label that is being written.
struct label_part {
  const stored_model* model = nullptr;                    ///< when labelling began
  std::vector<std::pair<std::int64_t, chunk_data>> data;  ///< (id of the node, chunk)
  bool last = false;                                      ///< whether they complete the label
  double latency = 0;                                     ///< seconds per sample; of the last part
  bool ends = false;  ///< whether they are the last of a share: the label is not complete, but measured
};

/// Writes parts of labels.
/// @param[in] nodes    current nodes of the store
/// @param[in] revision of the nodes when labelling began
/// Throws: `store_error` with `changed` if the model or the nodes have changed since.
inline void write_parts(database& db, const std::vector<node_row>& nodes, std::int64_t revision,
                        const std::vector<label_part>& parts) {
  const auto changed = [&](const std::string& what) {
    throw store_error{db.file(), store_errc::changed, what + " while it was labelled"};
  };
  if (meta_number(db, revision_key) != revision) changed("the nodes of the store have changed");
  std::set<std::int64_t> there;
  for (const node_row& row : nodes) there.insert(row.id);
  for (const label_part& part : parts) {
    const auto found = find_model(db, part.model->id);
    if (!found || label_fingerprint(*found) != label_fingerprint(*part.model))
      changed("model '" + part.model->name + "' has changed");
    const auto id = static_cast<std::int64_t>(found->id.value());
    begin_label(db, nodes, *found);
    bool rewritten = false;
    for (const auto& [node, data] : part.data) {
      // A removed node does not make the label incomplete.
      if (there.contains(node) && write_chunk(db, id, node, data)) rewritten = true;
    }
    if (rewritten) {  // readers and selections of the old data must notice
      advance(db, epoch_key);
      set_meta(db, rewritten_key(id), meta_number(db, epoch_key));
    }
    if (!part.last && !part.ends) continue;
    if (part.last) finish_label(db, revision, *found);
    stored_model measured = *found;
    measured.latency = part.latency;
    measured.failure.clear();
    write_model(db, measured);
  }
}

}  // namespace mll::detail
