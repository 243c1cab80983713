// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
#include "mll/store/store_change.hpp"

/// Changes to a store, each inside a transaction that the caller commits.
namespace mll::detail {

inline void check_model(const stored_model& model) {
  const auto text = [](const char* what, const std::string& value) {
    if (!is_valid_utf8(value) || value.find('\0') != std::string::npos)
      throw invalid_argument{what, "UTF-8 without a zero byte", "other bytes"};
  };
  if (model.name.empty()) throw invalid_argument{"model.name", "a name", "an empty string"};
  if (model.heads.empty())
    throw invalid_argument{"model.heads", "at least one head", "none in model '" + model.name + "'"};
  text("model.name", model.name);
  text("model.file", model.file);
  text("model.content", model.content);
  text("model.failure", model.failure);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (model.parameters > most || model.bytes > most)
    throw invalid_argument{"model", "fewer than 2^63 parameters and bytes",
                           "more in model '" + model.name + "'"};
  if (!(model.latency >= 0 && std::isfinite(model.latency)))
    throw invalid_argument{"model.latency", "seconds", std::to_string(model.latency)};
}

[[nodiscard]] inline stored_model require_model(database& db, std::string_view name) {
  if (auto found = find_model(db, name)) return *std::move(found);
  throw invalid_argument{"name", "a model of the store", "'" + std::string{name} + "'"};
}

inline model_id add_model(database& db, stored_model model) {
  check_model(model);
  if (find_model(db, model.name))
    throw invalid_argument{"model.name", "a name that no model of the store has", "'" + model.name + "'"};
  model.id = model_id{static_cast<std::uint32_t>(advance(db, next_model_key))};
  write_model(db, model);
  return model.id;
}

/// Everything but the id is replaced.
inline model_id update_model(database& db, std::string_view name, stored_model model) {
  check_model(model);
  model.id = require_model(db, name).id;
  if (model.name != name && find_model(db, model.name))
    throw invalid_argument{"model.name", "a name that no other model of the store has",
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
  advance(db, epoch_key);
}

/// Makes the nodes of a store those that are wanted, with ids of their own where they are new.
inline store_change set_nodes(database& db, std::vector<node_row> wanted) {
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

/// Makes sure that what is in a label is about the model as it is now.
inline void begin_label(database& db, const std::vector<node_row>& nodes, const stored_model& model) {
  const auto id = static_cast<std::int64_t>(model.id.value());
  const std::string content = label_content(model);
  const auto found = find_label(db, model.id);
  if (found && found->content == content) return;
  if (found) {
    drop_chunks_of_model(db, nodes, id);
    advance(db, epoch_key);
  }
  write_label(db, id, {content, 0});
}

/// Declares a label complete. Nothing must be missing.
inline void finish_label(database& db, std::int64_t revision, const stored_model& model) {
  write_label(db, model.id.value(), {label_content(model), revision});
}

/// The latest chunks of a label that is being made.
struct label_part {
  const stored_model* model = nullptr;                    ///< as it was when labelling began
  std::vector<std::pair<std::int64_t, chunk_data>> data;  ///< (id of the node, chunk)
  bool last = false;                                      ///< whether the label is complete with these
  double latency = 0;                                     ///< measured, if it is the last
};

/// Writes parts of labels, all of them or none.
/// @param[in] nodes    those of the store as they are now
/// @param[in] revision of the nodes when labelling began
/// Throws: `store_error` with `changed` if somebody has meanwhile exchanged the model or the nodes.
inline void write_parts(database& db, const std::vector<node_row>& nodes, std::int64_t revision,
                        const std::vector<label_part>& parts) {
  const auto changed = [&](const std::string& what) {
    throw store_error{db.file(), store_error::problem::changed, what + " while it was labelled"};
  };
  if (meta_number(db, revision_key) != revision) changed("the nodes of the store have changed");
  std::set<std::int64_t> there;
  for (const node_row& row : nodes) there.insert(row.id);
  for (const label_part& part : parts) {
    const auto found = find_model(db, part.model->id);
    if (!found || label_content(*found) != label_content(*part.model))
      changed("model '" + part.model->name + "' has changed");
    const auto id = static_cast<std::int64_t>(found->id.value());
    begin_label(db, nodes, *found);
    for (const auto& [node, data] : part.data) {
      // A node that is not there was removed, which leaves the label complete.
      if (there.contains(node)) write_chunk(db, id, node, data);
    }
    if (!part.last) continue;
    finish_label(db, revision, *found);
    stored_model measured = *found;
    measured.latency = part.latency;
    measured.failure.clear();
    write_model(db, measured);
  }
}

}  // namespace mll::detail
