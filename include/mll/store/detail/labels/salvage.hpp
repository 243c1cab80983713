// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/store/detail/labels/chunks.hpp"
#include "mll/store/detail/labels/inspection.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_options.hpp"

namespace mll::detail {

/// Copies the sound data of a damaged store into an empty one. Leaves out a model and its label if the row of
/// the model is damaged, and a chunk if the chunk is damaged; its label is then incomplete.
class salvage {
 public:
  salvage(database& from, database& to, std::string_view codec, std::size_t width)
      : from_{from}, to_{to}, codec_{codec}, width_{width}, version_{version_of(from)} {}

  void run() {
    fill_catalog(to_, codec_);
    if (const auto graph = attempt([&] { return meta_text(from_, "graph"); }))
      set_meta(to_, "graph", std::string_view{*graph});
    const std::int64_t revision = number(revision_key, 1);
    read();
    for (const node_row& row : nodes_) write_node(to_, row);
    for (const auto& [id, model] : models_) write_model(to_, model);
    for (const auto& [id, epoch] : read_rewritten(from_, [](std::int64_t, const std::string&) {})) {
      if (models_.contains(id)) set_meta(to_, rewritten_key(id), epoch);
    }
    copy_texts();
    for (const auto& [id, label] : labels_) {
      const auto model = models_.find(id);
      if (model != models_.end()) copy_label(model->second, label, label.revision == revision);
    }
    set_meta(to_, revision_key, revision);
    // Concurrent readers must notice, even if the counters are damaged.
    set_meta(to_, epoch_key, wrapping_sum(number(epoch_key, 0), 1));
    set_meta(to_, next_model_key,
             std::max(number(next_model_key, 0), models_.empty() ? 0 : models_.rbegin()->first + 1));
    std::int64_t next = number(next_node_key, 0);
    for (const node_row& row : nodes_) next = std::max(next, row.id + 1);
    set_meta(to_, next_node_key, next);
  }

 private:
  /// The result of `read`, unless it meets damage.
  template <class Read>
  static auto attempt(const Read& read) -> std::optional<decltype(read())> {
    try {
      return read();
    } catch (const store_error& thrown) {
      if (thrown.code() != store_errc::damaged) throw;
      return std::nullopt;
    }
  }
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise) {
    return attempt([&] { return meta_number(from_, key); }).value_or(otherwise);
  }

  /// Reads a table from both ends up to damaged pages.
  template <class Take>
  void rows(const std::string& table, const std::string& columns, const Take& take) {
    for (const char* order : {"ASC", "DESC"}) {
      attempt([&] {
        auto row = from_.prepare("SELECT " + columns + ", checksum FROM " + table + " ORDER BY 1 " + order);
        while (row.step()) {
          if (row.is_sealed(table)) take(row);
        }
        return true;
      });
    }
  }

  void read() {
    std::map<std::int64_t, node_row> nodes;
    rows("node", node_columns, [&](const database::query& row) { nodes[row.integer(0)] = node_of(row); });
    for (auto& [id, row] : nodes) nodes_.push_back(std::move(row));
    rows("model", model_columns,
         [&](const database::query& row) { models_[row.integer(0)] = model_of(row); });
    rows("label", label_columns,
         [&](const database::query& row) { labels_[row.integer(0)] = label_of(row); });
  }

  /// Selections and notes. A profile is recomputed when it is needed.
  void copy_texts() {
    rows("selection", "name, document, models, basis", [&](const database::query& row) {
      to_.prepare("INSERT OR REPLACE INTO selection VALUES(?, ?, ?, ?, ?)")
          .bind_row("selection", row.text(0), row.bytes(1), row.bytes(2), row.text(3))
          .step();
    });
    if (version_ >= solutions_version) {
      rows("solution", "name, content", [&](const database::query& row) {
        to_.prepare("INSERT OR REPLACE INTO solution VALUES(?, ?, ?)")
            .bind_row("solution", row.text(0), row.bytes(1))
            .step();
      });
    }
    rows("note", "name, text", [&](const database::query& row) {
      to_.prepare("INSERT OR REPLACE INTO note VALUES(?, ?, ?)")
          .bind_row("note", row.text(0), row.bytes(1))
          .step();
    });
  }

  void copy_label(stored_model model, const label_row& label, bool complete) {
    if (label.fingerprint != label_fingerprint(model)) model.state = label_state::stale;
    bool whole = true;
    for (const node_row& node : nodes_) {
      chunk_data data;
      if (inspect_chunk(from_, model, node, width_, version_, &data) == chunk_state::sound) {
        write_chunk(to_, model.id.value(), node.id, data);
      } else {
        whole = false;
      }
    }
    write_label_row(to_, model.id.value(), {label.fingerprint, complete && whole ? label.revision : 0});
  }

  database& from_;
  database& to_;
  std::string_view codec_;
  std::size_t width_;
  std::int64_t version_;  // of `from_`
  std::vector<node_row> nodes_;
  std::map<std::int64_t, stored_model> models_;
  std::map<std::int64_t, label_row> labels_;
};

/// Replaces a damaged store by its sound data, in one transaction.
inline void replace_by_salvage(database& damaged_store, const store_options& options, std::string_view codec,
                               std::size_t width) {
  namespace fs = std::filesystem;
  const std::string made = damaged_store.file() + ".repair-" + std::to_string(getpid());
  const auto remove_made = [&] {
    std::error_code ignored;
    for (const char* ending : {"", "-journal"}) fs::remove(made + ending, ignored);
  };
  remove_made();
  try {
    database sound{made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options.busy_timeout};
    sound.execute("PRAGMA synchronous = OFF");  // of a temporary file
    {
      transaction change{sound, transaction::kind::write};
      sound.execute("PRAGMA application_id = " + std::to_string(store_application_id));
      apply_schema(sound, 0);
      transaction reading{damaged_store, transaction::kind::read};
      salvage{damaged_store, sound, codec, width}.run();
      change.commit();
    }
    sqlite3_backup* copy = sqlite3_backup_init(damaged_store.handle(), "main", sound.handle(), "main");
    if (copy == nullptr)
      damaged_store.failed(sqlite3_extended_errcode(damaged_store.handle()), "repairing it");
    const int code = sqlite3_backup_step(copy, -1);
    const int end = sqlite3_backup_finish(copy);
    if (code != SQLITE_DONE || end != SQLITE_OK)
      damaged_store.failed(code != SQLITE_DONE ? code : end, "repairing it");
  } catch (...) {
    remove_made();
    throw;
  }
  remove_made();
}

}  // namespace mll::detail
