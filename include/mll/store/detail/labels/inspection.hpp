// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_report.hpp"

namespace mll::detail {

enum class chunk_state { absent, sound, damaged };

/// Checks a chunk and returns its content in `out` if it is sound. The chunk of a stale label may have
/// another size.
/// @param[in] width   bytes per response
/// @param[in] version of the store; the content is that of the current version
inline chunk_state inspect_chunk(database& db, const stored_model& model, const node_row& node,
                                 std::size_t width, std::int64_t version, chunk_data* out = nullptr) {
  const auto is_there = [&](const char* sql, std::int64_t key) {
    auto row = db.prepare(sql);
    return row.bind(key).step();
  };
  const auto id = static_cast<std::int64_t>(model.id.value());
  try {
    const bool statistics = is_there("SELECT 1 FROM statistics WHERE id = ?", chunk_key(node.id, id));
    const bool responses = is_there("SELECT 1 FROM responses WHERE id = ?", chunk_key(id, node.id));
    if (!statistics && !responses) return chunk_state::absent;
    const bool stale = model.state == label_state::stale;
    read_blob(db, "statistics", chunk_key(node.id, id), model.name, node.node.synset,
              [&](std::span<const std::byte> bytes) {
                if (version < means_version) bytes = means_of_version_2(bytes);
                if (!stale) static_cast<void>(decode_means(bytes, model.heads.size()));
                if (out != nullptr) out->statistics.assign(bytes.begin(), bytes.end());
              });
    read_blob(db, "responses", chunk_key(id, node.id), model.name, node.node.synset,
              [&](std::span<const std::byte> bytes) {
                if (!stale) check_responses(bytes, node.node.sample_count, model.heads.size(), width);
                if (out != nullptr) out->responses.assign(bytes.begin(), bytes.end());
              });
  } catch (const store_error& thrown) {
    if (thrown.code() != store_errc::damaged) throw;
    return chunk_state::damaged;
  }
  return chunk_state::sound;
}

/// Checks every row of a store and the pages of SQLite, inside a read transaction.
/// @param[in] width bytes per response
[[nodiscard]] inline store_report inspect(database& db, std::size_t width) {
  store_report out;
  const std::int64_t version = version_of(db);
  const auto damage = [&](std::string model, std::string node, std::string what) {
    out.damages.push_back({std::move(model), std::move(node), std::move(what)});
  };
  const auto attempt = [&](const char* what, const auto& look) {
    try {
      look();
    } catch (const store_error& thrown) {
      if (thrown.code() != store_errc::damaged) throw;
      damage(thrown.model(), thrown.node(), std::string{what} + ": " + thrown.what());
    }
  };
  attempt("pages", [&] {
    auto row = db.prepare("PRAGMA integrity_check(20)");
    while (row.step()) {
      if (row.text(0) != "ok") damage("", "", "pages: " + std::string{row.text(0)});
    }
  });
  catalog known;
  attempt("tables", [&] {
    known = read_catalog(
        db, [&](std::string_view, std::int64_t, const std::string& what) { damage("", "", what); });
  });
  for (const auto key : {next_model_key, next_node_key})
    attempt("tables", [&] { static_cast<void>(meta_number(db, key)); });
  attempt("tables", [&] {
    for (const auto& [table, columns] : {std::pair{"selection", "name, document, models, basis"},
                                         {"note", "name, text"},
                                         {"solution", "name, content"},
                                         {"profile", "name, basis, content"}}) {
      if (version < solutions_version && std::string_view{table} == "solution") break;
      auto row = db.prepare("SELECT " + std::string{columns} + ", checksum FROM " + table);
      while (row.step()) {
        if (!row.is_sealed(table)) damage("", "", std::string{"checksum mismatch in table "} + table);
      }
    }
  });
  out.model_count = known.models.size();
  out.node_count = known.nodes.size();
  for (const stored_model& model : known.models) {
    const auto label = known.labels.find(model.id.value());
    if (label == known.labels.end()) continue;
    const bool complete = label->second.revision == known.revision;
    for (const node_row& node : known.nodes) {
      switch (inspect_chunk(db, model, node, width, version)) {
        case chunk_state::sound:
          ++out.chunk_count;
          break;
        case chunk_state::absent:
          if (complete) damage(model.name, node.node.synset, "missing label");
          break;
        case chunk_state::damaged:
          damage(model.name, node.node.synset, "damaged label");
          break;
      }
    }
  }
  if (!out.clean()) return out;
  for (const char* table : {"statistics", "responses"}) {
    attempt(table, [&] {
      auto row = db.prepare("SELECT count(*) FROM " + std::string{table});
      row.step();
      if (row.integer(0) != static_cast<std::int64_t>(out.chunk_count))
        damage("", "",
               std::string{table} + ": " + std::to_string(row.integer(0)) + " rows for " +
                   std::to_string(out.chunk_count) + " chunks");
    });
  }
  return out;
}

}  // namespace mll::detail
