// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/store_error.hpp"

/// The table of single values. Every function runs inside a transaction.
namespace mll::detail {

// Keys of the table "meta".
inline constexpr std::string_view next_model_key = "next model";
inline constexpr std::string_view next_node_key = "next node";
inline constexpr std::string_view revision_key = "revision";
inline constexpr std::string_view epoch_key = "epoch";
// The sum of the checksums of each small table, so that a missing row is detected.
inline constexpr std::string_view node_sum_key = "sum of node";
inline constexpr std::string_view model_sum_key = "sum of model";
inline constexpr std::string_view label_sum_key = "sum of label";

/// The entry of a model whose label was replaced by other data without a change of the model: the epoch of
/// that change. Most models have none.
inline constexpr std::string_view rewritten_prefix = "rewritten label ";
[[nodiscard]] inline std::string rewritten_key(std::int64_t model) {
  return std::string{rewritten_prefix} + std::to_string(model);
}

/// @param[in] what a noun phrase, such as "checksum mismatch in the statistics"
[[noreturn]] inline void damaged(const database& db, std::string model, std::string node,
                                 const std::string& what) {
  const std::string message = what + (model.empty() ? "" : " of model '" + model + "'") +
                              (node.empty() ? "" : " at node '" + node + "'") + "; run verify() and repair()";
  throw store_error{db.file(), std::move(model), std::move(node), message};
}

[[nodiscard]] inline std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

template <class Value>
void set_meta(database& db, std::string_view key, const Value& value) {
  db.prepare(
        "INSERT INTO meta VALUES(?, ?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value, "
        "checksum = excluded.checksum")
      .bind_row("meta", key, value)
      .step();
}
template <class Read>
auto read_meta(database& db, std::string_view key, const Read& read) {
  auto row = db.prepare("SELECT key, value, checksum FROM meta WHERE key = ?");
  if (!row.bind(key).step() || !row.is_sealed("meta") || row.text(0) != key)
    damaged(db, "", "", "checksum mismatch in the entry '" + std::string{key} + "'");
  return read(row);
}
[[nodiscard]] inline std::int64_t meta_number(database& db, std::string_view key) {
  return read_meta(db, key, [](const database::query& row) { return row.integer(1); });
}
[[nodiscard]] inline std::string meta_text(database& db, std::string_view key) {
  return read_meta(db, key, [](const database::query& row) { return std::string{row.text(1)}; });
}
/// Adds to a counter and returns its previous value.
inline std::int64_t advance(database& db, std::string_view key, std::int64_t by = 1) {
  const std::int64_t before = meta_number(db, key);
  set_meta(db, key, wrapping_sum(before, by));
  return before;
}

/// The entries `rewritten_key`. Calls `bad(id, what)` for damaged rows.
template <class Bad>
[[nodiscard]] std::map<std::int64_t, std::int64_t> read_rewritten(database& db, const Bad& bad) {
  std::map<std::int64_t, std::int64_t> out;
  auto row =
      db.prepare("SELECT key, value, checksum FROM meta WHERE key >= 'rewritten' AND key < 'rewritteo'");
  while (row.step()) {
    std::string_view key = row.text(0);
    if (!row.is_sealed("meta") || !key.starts_with(rewritten_prefix)) {
      bad(std::int64_t{-1}, "checksum mismatch in the entry '" + std::string{key} + "'");
      continue;
    }
    std::int64_t id = 0;
    key.remove_prefix(rewritten_prefix.size());
    std::from_chars(key.data(), key.data() + key.size(), id);
    out[id] = row.integer(1);
  }
  return out;
}
[[nodiscard]] inline std::int64_t find_rewritten(database& db, std::int64_t model) {
  auto row = db.prepare("SELECT key, value, checksum FROM meta WHERE key = ?");
  const std::string key = rewritten_key(model);
  if (!row.bind(std::string_view{key}).step()) return 0;
  if (!row.is_sealed("meta")) damaged(db, "", "", "checksum mismatch in the entry '" + key + "'");
  return row.integer(1);
}

}  // namespace mll::detail
