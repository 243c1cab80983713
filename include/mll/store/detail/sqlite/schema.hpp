// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/file_system.hpp"
#include "mll/store/detail/tables/blobs.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_options.hpp"

/// The tables of a store in each version, and how a file becomes one.
///
/// Every row ends in a checksum over the table's name and its other columns. The keys of `statistics` keep
/// the models of a node together, because a task reads the statistics of all models at few nodes; those of
/// `responses` keep the nodes of a model together, because a task reads few models, and a new model writes to
/// one place.
namespace mll::detail {

/// "mllh", in the header of the file.
inline constexpr std::int64_t store_application_id = 0x6d6c6c68;

/// The steps from one version to the next: version n results from the first n.
inline constexpr std::array<std::string_view, 6> schema_step_1{
    "CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value NOT NULL, checksum INTEGER NOT NULL) WITHOUT "
    "ROWID",
    "CREATE TABLE node(id INTEGER PRIMARY KEY, synset TEXT NOT NULL UNIQUE, meaning TEXT NOT NULL, "
    "samples INTEGER NOT NULL, content TEXT NOT NULL, checksum INTEGER NOT NULL)",
    "CREATE TABLE model(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, file TEXT NOT NULL, "
    "content TEXT NOT NULL, heads BLOB NOT NULL, parameters INTEGER NOT NULL, bytes INTEGER NOT NULL, "
    "latency REAL NOT NULL, failure TEXT NOT NULL, checksum INTEGER NOT NULL)",
    "CREATE TABLE label(id INTEGER PRIMARY KEY, content TEXT NOT NULL, revision INTEGER NOT NULL, "
    "checksum INTEGER NOT NULL)",
    // id: node << 32 | model
    "CREATE TABLE statistics(id INTEGER PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL)",
    // id: model << 32 | node
    "CREATE TABLE responses(id INTEGER PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL)",
};
inline constexpr std::array<std::string_view, 2> schema_step_2{
    "CREATE TABLE selection(name TEXT PRIMARY KEY NOT NULL, document BLOB NOT NULL, models BLOB NOT NULL, "
    "basis TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE note(name TEXT PRIMARY KEY NOT NULL, text BLOB NOT NULL, checksum INTEGER NOT NULL) "
    "WITHOUT ROWID",
};

inline constexpr std::array<std::string_view, 2> schema_step_4{
    // The selections of table `selection`, as `encode_selection` writes them; those of earlier versions are
    // not there.
    "CREATE TABLE solution(name TEXT PRIMARY KEY NOT NULL, content BLOB NOT NULL, checksum INTEGER NOT NULL) "
    "WITHOUT ROWID",
    "CREATE TABLE profile(name TEXT PRIMARY KEY NOT NULL, basis TEXT NOT NULL, content BLOB NOT NULL, "
    "checksum INTEGER NOT NULL) WITHOUT ROWID",
};

/// The first version with the tables of step 4.
inline constexpr std::int64_t solutions_version = 4;
/// The first version whose statistics are means only.
inline constexpr std::int64_t means_version = 3;

/// Cuts statistics down to the means. Rows whose checksum does not match are left as they are, so that they
/// stay damaged.
inline void keep_means(database& db) {
  std::int64_t done = -1;
  for (bool more = true; more;) {
    std::vector<std::byte> means;
    bool sound = false;
    {
      auto row = db.prepare("SELECT id, data, checksum FROM statistics WHERE id > ? ORDER BY id LIMIT 1");
      more = row.bind(done).step();
      if (!more) break;
      done = row.integer(0);
      sound = row.is_sealed("statistics");
      const auto kept = means_of_version_2(row.bytes(1));
      means.assign(kept.begin(), kept.end());
    }
    if (!sound) continue;
    db.prepare("INSERT OR REPLACE INTO statistics VALUES(?, ?, ?)")
        .bind_row("statistics", done, std::span<const std::byte>{means})
        .step();
  }
}

struct schema_step {
  std::span<const std::string_view> statements = {};
  void (*convert)(database&) = nullptr;  ///< what SQL cannot do; runs after the statements
};
inline constexpr std::array<schema_step, 4> schema_steps{
    schema_step{schema_step_1}, schema_step{schema_step_2}, schema_step{{}, keep_means},
    schema_step{schema_step_4}};

/// The version that this library writes.
inline constexpr std::int64_t schema_version = schema_steps.size();

/// Brings an empty or older database to a version, inside a transaction.
inline void apply_schema(database& db, std::int64_t from, std::int64_t to = schema_version) {
  for (std::int64_t version = from; version < to; ++version) {
    const schema_step& step = schema_steps[static_cast<std::size_t>(version)];
    for (const std::string_view statement : step.statements) db.execute(std::string{statement});
    if (step.convert != nullptr) step.convert(db);
  }
  db.execute("PRAGMA user_version = " + std::to_string(to));
}

/// Checks the header of the file without reading it as a database, which might change a file of another
/// program.
///
/// The file is opened by SQLite: closing it otherwise would release the locks that other connections of this
/// process hold on it.
inline void check_header(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (status.type() == std::filesystem::file_type::not_found)
    throw store_error{file.string(), store_errc::missing, "expected a store, found no file"};
  if (status.type() == std::filesystem::file_type::none)
    throw store_error{file.string(), store_errc::input_output,
                      "the file cannot be opened: " + problem.message()};
  if (status.type() != std::filesystem::file_type::regular)
    throw store_error{file.string(), store_errc::not_a_store,
                      "expected a store, found something that is not a regular file"};
  std::array<char, 100> header{};
  database probe{file, SQLITE_OPEN_READONLY, std::chrono::milliseconds{0}};
  sqlite3_file* stream = nullptr;
  sqlite3_file_control(probe.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &stream);
  const int code = stream->pMethods->xRead(stream, header.data(), static_cast<int>(header.size()), 0);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ)
    sqlite_failed(file.string(), code, "reading its header", sqlite3_errstr(code));
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  if (code != SQLITE_OK || std::string_view{header.data(), magic.size()} != magic) {
    throw store_error{file.string(), store_errc::not_a_store,
                      "expected a store, found a file that is not an SQLite database"};
  }
  const auto number = [&](std::size_t at) {
    std::int64_t out = 0;
    for (std::size_t i = at; i < at + 4; ++i) out = out * 256 + static_cast<unsigned char>(header[i]);
    return out;
  };
  if (number(68) != store_application_id) {
    throw store_error{file.string(), store_errc::not_a_store,
                      "expected a store, found an SQLite database of another program"};
  }
  if (const std::int64_t version = number(60); version > schema_version) {
    throw store_error{file.string(), store_errc::newer,
                      "expected a store of version 1 to " + std::to_string(schema_version) +
                          ", found version " + std::to_string(version) +
                          ", written by a later version of mll"};
  }
}

/// Throws: `store_error` if the tables are not those of a version.
inline void check_schema(database& db, std::int64_t version = schema_version) {
  std::vector<std::string> expected;
  for (const auto& step : std::span{schema_steps}.first(static_cast<std::size_t>(version)))
    expected.insert(expected.end(), step.statements.begin(), step.statements.end());
  std::vector<std::string> found;
  auto rows = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
  while (rows.step()) found.emplace_back(rows.text(0));
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  if (found != expected)
    throw store_error{
        db.file(), "", "",
        "expected the tables of a store of version " + std::to_string(version) + ", found others"};
}

/// Settings of a connection.
inline void configure(database& db, const store_options& options) {
  db.execute(options.durability == store_durability::power_loss ? "PRAGMA synchronous = FULL"
                                                                : "PRAGMA synchronous = NORMAL");
  db.execute("PRAGMA cell_size_check = ON");           // detects more kinds of damage to pages
  db.execute("PRAGMA journal_size_limit = 67108864");  // shrinks the journal after a burst of writes
}

[[nodiscard]] inline std::int64_t version_of(database& db) {
  auto row = db.prepare("PRAGMA user_version");
  row.step();
  return row.integer(0);
}

/// Opens a connection to a store whose header has been checked, and upgrades an older store. Each version is
/// committed separately: where damage prevents the last step, the store is left at the version before it.
inline void open_checked(database& db, const store_options& options) {
  if (options.access == store_access::read_write) require_local(db.file(), db.file());
  if (options.access == store_access::read_write && sqlite3_db_readonly(db.handle(), "main") != 0)
    throw store_error{db.file(), store_errc::read_only, "the file cannot be written by this user"};
  configure(db, options);
  std::int64_t version = version_of(db);
  if (version < 1 || version > schema_version)
    throw store_error{
        db.file(), "", "",
        "expected version 1 to " + std::to_string(schema_version) + ", found " + std::to_string(version)};
  if (version < schema_version && options.access == store_access::read_only) {
    throw store_error{db.file(), store_errc::older,
                      "expected a store of version " + std::to_string(schema_version) + ", found version " +
                          std::to_string(version) + ": open it for writing once"};
  }
  while (version < schema_version) {
    transaction change{db, transaction::kind::write};
    version = version_of(db);  // another process may have upgraded it
    if (version < schema_version) apply_schema(db, version, version + 1);
    change.commit();
    version = version_of(db);
  }
  check_schema(db);
}

/// Opens a connection to a store that is to be repaired. Where damage prevents the upgrade of statistics, the
/// store stays at the version before it: salvaging upgrades what can be read.
inline void open_for_repair(database& db, const store_options& options) {
  try {
    open_checked(db, options);
  } catch (const store_error& thrown) {
    if (thrown.code() != store_errc::damaged || version_of(db) != means_version - 1) throw;
    check_schema(db, means_version - 1);
  }
}

/// Creates an empty store: writes a temporary file and links it to its name, so that a store of that name is
/// complete.
/// @param[in] fill `(database&)`: writes the first rows, in the same transaction
template <class Fill>
void create_store(const std::filesystem::path& file, const store_options& options, const Fill& fill) {
  namespace fs = std::filesystem;
  const auto exists = [&] {
    return store_error{file.string(), store_errc::exists, "expected no file of this name, found one"};
  };
  if (options.access == store_access::read_only)
    throw invalid_argument{"options.access", "read_write for a new store", "read_only"};
  std::error_code failed;
  const auto status = fs::symlink_status(file, failed);  // even a broken link is in the way
  if (fs::exists(status)) throw exists();
  if (!fs::status_known(status))
    throw store_error{file.string(), store_errc::input_output,
                      "the store cannot be created: " + failed.message()};
  if (const fs::path folder = file.parent_path(); !folder.empty() && !fs::is_directory(folder, failed))
    throw store_error{file.string(), store_errc::input_output,
                      "the store cannot be created: '" + folder.string() + "' is not a folder"};
  require_local(file, fs::absolute(file).parent_path());
  const fs::path made = file.string() + ".new-" + std::to_string(getpid());
  try {
    fs::remove(made);
    {
      database db{made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, options.busy_timeout};
      transaction change{db, transaction::kind::write};
      db.execute("PRAGMA application_id = " + std::to_string(store_application_id));
      apply_schema(db, 0);
      fill(db);
      change.commit();
      db.execute("PRAGMA journal_mode = WAL");
    }
    fs::create_hard_link(made, file, failed);  // unlike a rename, never replaces a file
    if (failed) {
      if (fs::exists(file)) throw exists();
      fs::rename(made, file);  // a file system without hard links
      return;
    }
    fs::remove(made, failed);
  } catch (const fs::filesystem_error& thrown) {
    fs::remove(made, failed);
    throw store_error{file.string(), store_errc::input_output, thrown.what()};
  } catch (...) {
    for (const char* ending : {"", "-journal", "-wal", "-shm"}) fs::remove(made.string() + ending, failed);
    throw;
  }
}

}  // namespace mll::detail
