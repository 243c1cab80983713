// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/store/content_hash.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/blobs.hpp"
#include "mll/store/detail/tables/meta.hpp"
#include "mll/store/store_entries.hpp"
#include "mll/store/store_error.hpp"

namespace mll::detail {

/// The small tables of a store: everything except statistics and responses. Columns "content" hold
/// fingerprints.
struct node_row {
  std::int64_t id = 0;       ///< never reused: a node whose samples change gets another id
  std::string meaning = {};  ///< hash of the node's id, words and gloss
  stored_node node = {};
};

struct label_row {
  std::string fingerprint = {};  ///< `label_fingerprint` of the model that was labelled
  std::int64_t revision = 0;     ///< of the nodes that the label covers completely; 0: it is not complete
};

/// Identifies what a label depends on in a model: its content and its head names.
[[nodiscard]] inline std::string label_fingerprint(const stored_model& model) {
  content_hash out;
  out.add(model.fingerprint);
  for (const std::string& head : model.heads) out.add(head);
  return out.text();
}

struct catalog {
  std::string codec = {};
  std::string graph = {};     ///< fingerprint of the graph
  std::int64_t revision = 0;  ///< incremented when nodes are added or changed
  std::int64_t epoch = 0;     ///< incremented when something is replaced or removed
  std::vector<node_row> nodes = {};
  std::vector<stored_model> models = {};
  std::map<std::int64_t, label_row> labels = {};
  std::map<std::int64_t, std::int64_t> rewritten = {};  ///< by model: see `rewritten_key`
};

/// @param[in] label    of the model, or null
/// @param[in] revision of the nodes
[[nodiscard]] inline label_state state_of(const stored_model& model, const label_row* label,
                                          std::int64_t revision) {
  if (label == nullptr) return label_state::none;
  if (label->fingerprint != label_fingerprint(model)) return label_state::stale;
  return label->revision == revision ? label_state::complete : label_state::partial;
}

inline void fill_catalog(database& db, std::string_view codec) {
  set_meta(db, "codec", codec);
  set_meta(db, "graph", std::string_view{});
  for (const auto key :
       {next_model_key, next_node_key, node_sum_key, model_sum_key, label_sum_key, epoch_key})
    set_meta(db, key, std::int64_t{0});
  set_meta(db, revision_key, std::int64_t{1});
}

/// Removes a row of a small table if it exists.
inline void remove_row(database& db, const std::string& table, std::string_view sum_key, std::int64_t id) {
  {
    auto row = db.prepare("SELECT checksum FROM " + table + " WHERE id = ?");
    if (!row.bind(id).step()) return;
    advance(db, sum_key, static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(row.integer(0))));
  }
  db.prepare("DELETE FROM " + table + " WHERE id = ?").bind(id).step();
}

inline void write_node(database& db, const node_row& row) {
  remove_row(db, "node", node_sum_key, row.id);
  auto insert = db.prepare("INSERT INTO node VALUES(?, ?, ?, ?, ?, ?)");
  insert.bind_row("node", row.id, std::string_view{row.node.synset}, std::string_view{row.meaning},
                  static_cast<std::int64_t>(row.node.sample_count), std::string_view{row.node.fingerprint});
  const std::int64_t sum = insert.seal();
  insert.step();
  advance(db, node_sum_key, sum);
}

inline void write_model(database& db, const stored_model& model) {
  const auto id = static_cast<std::int64_t>(model.id.value());
  remove_row(db, "model", model_sum_key, id);
  const blob heads = encode_names(model.heads);
  auto insert = db.prepare("INSERT INTO model VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind_row("model", id, std::string_view{model.name}, std::string_view{model.file},
                  std::string_view{model.fingerprint}, std::span<const std::byte>{heads},
                  static_cast<std::int64_t>(model.parameters), static_cast<std::int64_t>(model.bytes),
                  model.latency, std::string_view{model.failure});
  const std::int64_t sum = insert.seal();
  insert.step();
  advance(db, model_sum_key, sum);
}

inline void write_label_row(database& db, std::int64_t model, const label_row& row) {
  remove_row(db, "label", label_sum_key, model);
  auto insert = db.prepare("INSERT INTO label VALUES(?, ?, ?, ?)");
  insert.bind_row("label", model, std::string_view{row.fingerprint}, row.revision);
  const std::int64_t sum = insert.seal();
  insert.step();
  advance(db, label_sum_key, sum);
}

[[nodiscard]] inline std::string damaged_row(const std::string& table, std::int64_t id) {
  return "checksum mismatch in row " + std::to_string(id) + " of table " + table;
}

/// Reads a small table: calls `take(row)` for each sound row and `bad(id, what)` for each damaged one.
template <class Row, class Bad>
void read_rows(database& db, const std::string& table, const std::string& columns, std::string_view sum_key,
               const Row& take, const Bad& bad) {
  std::int64_t sum = 0;
  {
    auto row = db.prepare("SELECT " + columns + ", checksum FROM " + table + " ORDER BY id");
    while (row.step()) {
      if (row.is_sealed(table)) {
        sum = wrapping_sum(sum, row.seal());
        take(row);
      } else {
        bad(row.integer(0), damaged_row(table, row.integer(0)));
      }
    }
  }
  if (sum != meta_number(db, sum_key)) bad(std::int64_t{-1}, "checksum mismatch in table " + table);
}

[[nodiscard]] inline node_row node_of(const database::query& row) {
  return {row.integer(0),
          std::string{row.text(2)},
          {std::string{row.text(1)}, static_cast<std::size_t>(row.integer(3)), std::string{row.text(4)}}};
}
inline constexpr const char* node_columns = "id, synset, meaning, samples, content";
inline constexpr const char* model_columns =
    "id, name, file, content, heads, parameters, bytes, latency, failure";
[[nodiscard]] inline stored_model model_of(const database::query& row) {
  stored_model out;
  out.id = model_id{static_cast<std::uint32_t>(row.integer(0))};
  out.name = row.text(1);
  out.file = row.text(2);
  out.fingerprint = row.text(3);
  out.heads = decode_names(row.bytes(4));
  out.parameters = static_cast<std::uint64_t>(row.integer(5));
  out.bytes = static_cast<std::uint64_t>(row.integer(6));
  out.latency = row.real(7);
  out.failure = row.text(8);
  return out;
}
inline constexpr const char* label_columns = "id, content, revision";
[[nodiscard]] inline label_row label_of(const database::query& row) {
  return {std::string{row.text(1)}, row.integer(2)};
}

/// Reads the nodes, inside a transaction. Calls `bad(id, what)` for damaged rows.
template <class Bad>
[[nodiscard]] std::vector<node_row> read_nodes(database& db, const Bad& bad) {
  std::vector<node_row> out;
  read_rows(
      db, "node", node_columns, node_sum_key,
      [&](const database::query& row) { out.push_back(node_of(row)); }, bad);
  return out;
}
/// Throws: `store_error` at the first damaged row.
[[nodiscard]] inline std::vector<node_row> read_nodes(database& db) {
  return read_nodes(db, [&](std::int64_t, const std::string& what) { damaged(db, "", "", what); });
}

// Changes look up single rows, so that filling a store takes linear time.

/// Looks a row of a small table up, by id or by name (its second column), and returns `read(row)` if it
/// exists. Throws: `store_error` if the row is damaged.
template <class Key, class Read>
[[nodiscard]] auto find_row(database& db, const std::string& table, const char* columns, const Key& key,
                            const Read& read)
    -> std::optional<decltype(read(std::declval<const database::query&>()))> {
  constexpr bool by_id = std::is_integral_v<Key>;
  auto row = db.prepare("SELECT " + std::string{columns} + ", checksum FROM " + table + " WHERE " +
                        (by_id ? "id" : "name") + " = ?");
  if (!row.bind(key).step()) return std::nullopt;
  if constexpr (by_id) {
    if (!row.is_sealed(table) || row.integer(0) != key) damaged(db, "", "", damaged_row(table, key));
  } else {
    if (!row.is_sealed(table) || row.text(1) != key)
      damaged(db, std::string{key}, "", "checksum mismatch in the entry");
  }
  return read(row);
}
/// The entry of a model, without the state of its label.
[[nodiscard]] inline std::optional<stored_model> find_model(database& db, std::string_view name) {
  return find_row(db, "model", model_columns, name, model_of);
}
[[nodiscard]] inline std::optional<stored_model> find_model(database& db, model_id id) {
  return find_row(db, "model", model_columns, std::int64_t{id.value()}, model_of);
}
[[nodiscard]] inline std::optional<label_row> find_label(database& db, model_id id) {
  return find_row(db, "label", label_columns, std::int64_t{id.value()}, label_of);
}

/// Reads the small tables, inside a transaction. Calls `bad(table, id, what)` for damaged rows.
template <class Bad>
[[nodiscard]] catalog read_catalog(database& db, const Bad& bad) {
  catalog out;
  out.codec = meta_text(db, "codec");
  out.graph = meta_text(db, "graph");
  out.revision = meta_number(db, revision_key);
  out.epoch = meta_number(db, epoch_key);
  const auto bad_in = [&](std::string_view table) {
    return [&bad, table](std::int64_t id, const std::string& what) { bad(table, id, what); };
  };
  out.nodes = read_nodes(db, bad_in("node"));
  read_rows(
      db, "model", model_columns, model_sum_key,
      [&](const database::query& row) { out.models.push_back(model_of(row)); }, bad_in("model"));
  read_rows(
      db, "label", label_columns, label_sum_key,
      [&](const database::query& row) { out.labels[row.integer(0)] = label_of(row); }, bad_in("label"));
  out.rewritten = read_rewritten(db, bad_in("meta"));
  for (stored_model& model : out.models) {
    const auto label = out.labels.find(model.id.value());
    model.state = state_of(model, label == out.labels.end() ? nullptr : &label->second, out.revision);
  }
  return out;
}
/// Throws: `store_error` at the first damaged row.
[[nodiscard]] inline catalog read_catalog(database& db) {
  return read_catalog(
      db, [&](std::string_view, std::int64_t, const std::string& what) { damaged(db, "", "", what); });
}

}  // namespace mll::detail
