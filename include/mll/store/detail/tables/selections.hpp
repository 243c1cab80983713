// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/reuse/io/read_selection.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/selection.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/tables/blobs.hpp"
#include "mll/store/detail/tables/catalog.hpp"
#include "mll/store/label_basis.hpp"
#include "mll/store/store_entries.hpp"

/// Selections, notes and profiles. Every function runs inside a transaction.
namespace mll::detail {

/// The present `label_basis::of(models)`, by look-ups of single rows.
[[nodiscard]] inline std::string basis_of(database& db, const std::vector<std::string>& models) {
  label_basis now{meta_number(db, revision_key)};
  for (const std::string& name : models) {
    const auto found = find_model(db, name);
    if (!found) return {};
    const auto label = find_label(db, found->id);
    if (state_of(*found, label ? &*label : nullptr, now.revision()) != label_state::complete) return {};
    now.add(*found, label->fingerprint, find_rewritten(db, found->id.value()));
  }
  return now.of(models);
}
[[nodiscard]] inline label_basis basis_of(const catalog& known) {
  label_basis out{known.revision};
  for (const stored_model& model : known.models) {
    if (model.state != label_state::complete) continue;
    const std::int64_t id = model.id.value();
    const auto rewritten = known.rewritten.find(id);
    out.add(model, known.labels.at(id).fingerprint,
            rewritten == known.rewritten.end() ? 0 : rewritten->second);
  }
  return out;
}

inline void write_selection(database& db, const stored_selection& selection) {
  if (selection.name.empty() || !is_valid_utf8(selection.name) ||
      selection.name.find('\0') != std::string::npos)
    throw invalid_argument{"selection.name", "a name in UTF-8", "'" + selection.name + "'"};
  if (selection.models.empty()) throw invalid_argument{"selection.models", "at least one model", "none"};
  if (selection.basis.empty())
    throw invalid_argument{"selection.basis", "the basis of models with complete labels", "an empty one"};
  const auto as_bytes_of = [](const std::string& text) {
    return std::as_bytes(std::span{text.data(), text.size()});
  };
  if (selection.chosen) {
    const std::string content = encode_selection(*selection.chosen);
    db.prepare("INSERT OR REPLACE INTO solution VALUES(?, ?, ?)")
        .bind_row("solution", std::string_view{selection.name}, as_bytes_of(content))
        .step();
  } else {
    db.prepare("DELETE FROM solution WHERE name = ?").bind(std::string_view{selection.name}).step();
  }
  const blob models = encode_names(selection.models);
  db.prepare("INSERT OR REPLACE INTO selection VALUES(?, ?, ?, ?, ?)")
      .bind_row("selection", std::string_view{selection.name}, as_bytes_of(selection.document),
                std::span<const std::byte>{models}, std::string_view{selection.basis})
      .step();
}

/// The selection of a name, if the store has the selection itself. Throws: `store_error` if it is damaged.
[[nodiscard]] inline std::optional<mll::selection> read_solution(database& db, std::string_view name) {
  auto row = db.prepare("SELECT name, content, checksum FROM solution WHERE name = ?");
  if (!row.bind(name).step()) return std::nullopt;
  const std::string quoted = "selection '" + std::string{name} + "'";
  if (!row.is_sealed("solution") || row.text(0) != name)
    damaged(db, "", "", "checksum mismatch in " + quoted);
  const auto content = row.bytes(1);
  try {
    return decode_selection(
        {quoted, {reinterpret_cast<const char*>(content.data()), content.size()}, nullptr});
  } catch (const parse_error& thrown) {  // of a later version of the library
    throw store_error{db.file(), store_errc::newer, thrown.what()};
  }
}

[[nodiscard]] inline std::vector<stored_selection> read_selections(database& db) {
  std::vector<stored_selection> out;
  auto row = db.prepare("SELECT name, document, models, basis, checksum FROM selection ORDER BY name");
  while (row.step()) {
    if (!row.is_sealed("selection"))
      damaged(db, "", "", "checksum mismatch in selection '" + std::string{row.text(0)} + "'");
    const auto document = row.bytes(1);
    stored_selection each{.name = std::string{row.text(0)},
                          .document = {reinterpret_cast<const char*>(document.data()), document.size()},
                          .models = decode_names(row.bytes(2)),
                          .basis = std::string{row.text(3)}};
    each.chosen = read_solution(db, each.name);
    each.stale = basis_of(db, each.models) != each.basis;
    out.push_back(std::move(each));
  }
  return out;
}

inline void write_note(database& db, std::string_view key, std::string_view text) {
  db.prepare("INSERT OR REPLACE INTO note VALUES(?, ?, ?)")
      .bind_row("note", key, std::as_bytes(std::span{text.data(), text.size()}))
      .step();
}
[[nodiscard]] inline std::optional<std::string> read_note(database& db, std::string_view key) {
  auto row = db.prepare("SELECT name, text, checksum FROM note WHERE name = ?");
  if (!row.bind(key).step()) return std::nullopt;
  if (!row.is_sealed("note") || row.text(0) != key)
    damaged(db, "", "", "checksum mismatch in note '" + std::string{key} + "'");
  const auto text = row.bytes(1);
  return std::string{reinterpret_cast<const char*>(text.data()), text.size()};
}

/// Larger profiles are not kept: SQLite's limit of a row is 1,000,000,000 bytes.
inline constexpr std::size_t max_profile_bytes = 900'000'000;

/// @param[in] content as `encode_profile` writes it
inline void write_profile(database& db, std::string_view basis, std::string_view content) {
  db.prepare("INSERT OR REPLACE INTO profile VALUES(?, ?, ?, ?)")
      .bind_row("profile", std::string_view{"hub"}, basis,
                std::as_bytes(std::span{content.data(), content.size()}))
      .step();
}
struct profile_row {
  std::string basis;    ///< `label_basis::of_all` of the labels that it was made from
  std::string content;  ///< as `encode_profile` writes it
};
/// The profile that was written last; empty if it is damaged, because it can be recomputed.
[[nodiscard]] inline std::optional<profile_row> read_profile(database& db) {
  auto row = db.prepare("SELECT name, basis, content, checksum FROM profile WHERE name = ?");
  if (!row.bind(std::string_view{"hub"}).step() || !row.is_sealed("profile")) return std::nullopt;
  const auto content = row.bytes(2);
  return profile_row{std::string{row.text(1)},
                     {reinterpret_cast<const char*>(content.data()), content.size()}};
}

}  // namespace mll::detail
