// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/blobs.hpp"
#include "mll/store/detail/tables/catalog.hpp"

/// Chunks: the label of one model on one node. Every function runs inside a transaction.
namespace mll::detail {

/// The blobs of a chunk.
struct chunk_data {
  blob statistics;
  blob responses;

  friend bool operator==(const chunk_data&, const chunk_data&) = default;
};

/// Key of a chunk: (node, model) in the table of statistics, (model, node) in that of responses.
[[nodiscard]] inline std::int64_t chunk_key(std::int64_t high, std::int64_t low) noexcept {
  return high * (std::int64_t{1} << 32) + low;
}
inline constexpr std::int64_t key_mask = 0xffffffff;

/// @return whether the row replaced other data
inline bool write_blob(database& db, const char* table, std::int64_t key, std::span<const std::byte> data) {
  std::optional<std::int64_t> before;
  {
    auto row = db.prepare("SELECT checksum FROM " + std::string{table} + " WHERE id = ?");
    if (row.bind(key).step()) before = row.integer(0);
  }
  auto insert = db.prepare("INSERT OR REPLACE INTO " + std::string{table} + " VALUES(?, ?, ?)");
  insert.bind_row(table, key, data);
  const std::int64_t checksum = insert.seal();
  insert.step();
  return before && *before != checksum;
}
/// @return whether the chunk replaced other data
inline bool write_chunk(database& db, std::int64_t model, std::int64_t node, const chunk_data& data) {
  const bool means = write_blob(db, "statistics", chunk_key(node, model), data.statistics);
  const bool responses = write_blob(db, "responses", chunk_key(model, node), data.responses);
  return means || responses;
}

/// Calls `take(bytes)` with the blob of a row.
/// Throws: `store_error` naming model and node if the row is missing, its checksum does not match, or `take`
/// throws `parse_error`.
template <class Take>
void read_blob(database& db, const char* table, std::int64_t key, const std::string& model,
               const std::string& node, const Take& take) {
  auto row = db.prepare("SELECT id, data, checksum FROM " + std::string{table} + " WHERE id = ?");
  bool found = false;
  try {
    found = row.bind(key).step();
  } catch (const store_error& thrown) {
    if (thrown.code() != store_errc::damaged) throw;
  }
  if (!found) damaged(db, model, node, "missing " + std::string{table});
  if (!row.is_sealed(table) || row.integer(0) != key)
    damaged(db, model, node, "checksum mismatch in the " + std::string{table});
  try {
    take(row.bytes(1));
  } catch (const parse_error&) {
    damaged(db, model, node, "malformed " + std::string{table});
  }
}

[[nodiscard]] inline std::vector<float> read_means(database& db, const stored_model& model,
                                                   const node_row& node) {
  std::vector<float> out;
  read_blob(db, "statistics", chunk_key(node.id, model.id.value()), model.name, node.node.synset,
            [&](std::span<const std::byte> bytes) { out = decode_means(bytes, model.heads.size()); });
  return out;
}

/// @param[in] width bytes per response
/// @param[in] take  `(bytes)`: called with `[samples, heads]` responses, whose size has been checked
template <class Take>
void read_responses(database& db, const stored_model& model, const node_row& node, std::size_t width,
                    const Take& take) {
  read_blob(db, "responses", chunk_key(model.id.value(), node.id), model.name, node.node.synset,
            [&](std::span<const std::byte> bytes) {
              check_responses(bytes, node.node.sample_count, model.heads.size(), width);
              take(bytes);
            });
}

/// The nodes whose chunk of a model is missing, as positions in the catalog.
[[nodiscard]] inline std::vector<std::size_t> nodes_without_chunk(database& db, const catalog& known,
                                                                  std::int64_t model) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < known.nodes.size(); ++i) {
    auto statistics = db.prepare("SELECT 1 FROM statistics WHERE id = ?");
    auto responses = db.prepare("SELECT 1 FROM responses WHERE id = ?");
    if (!statistics.bind(chunk_key(known.nodes[i].id, model)).step() ||
        !responses.bind(chunk_key(model, known.nodes[i].id)).step())
      out.push_back(i);
  }
  return out;
}

inline void drop_chunks_of_model(database& db, const std::vector<node_row>& nodes, std::int64_t model) {
  for (const node_row& node : nodes)
    db.prepare("DELETE FROM statistics WHERE id = ?").bind(chunk_key(node.id, model)).step();
  auto responses = db.prepare("DELETE FROM responses WHERE id BETWEEN ? AND ?");
  responses.bind(chunk_key(model, 0)).bind(chunk_key(model, key_mask)).step();
}

/// Drops all chunks of a node and returns how many there were.
inline std::size_t drop_chunks_of_node(database& db, const catalog& known, std::int64_t node) {
  std::size_t dropped = 0;
  for (const stored_model& model : known.models) {
    db.prepare("DELETE FROM responses WHERE id = ?").bind(chunk_key(model.id.value(), node)).step();
    dropped += static_cast<std::size_t>(sqlite3_changes64(db.handle()));
  }
  auto statistics = db.prepare("DELETE FROM statistics WHERE id BETWEEN ? AND ?");
  statistics.bind(chunk_key(node, 0)).bind(chunk_key(node, key_mask)).step();
  return dropped;
}

}  // namespace mll::detail
