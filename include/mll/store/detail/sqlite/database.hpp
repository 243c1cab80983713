// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/detail/hex_text.hpp"
#include "mll/core/error.hpp"
#include "mll/store/detail/sqlite/seal.hpp"
#include "mll/store/store_error.hpp"

namespace mll::detail {

/// Why a store cannot be written by this user: the journal file that belongs to somebody else, or the folder.
/// Empty if neither is the reason.
[[nodiscard]] inline std::string unwritable_part(const std::string& file) {
  for (const char* ending : {"-wal", "-shm", "-journal"}) {
    const std::string journal = file + ending;
    if (access(journal.c_str(), F_OK) == 0 && access(journal.c_str(), W_OK) != 0)
      return "its journal '" + journal + "' cannot be written by this user";
  }
  const auto folder = std::filesystem::absolute(file).parent_path();
  if (access(folder.c_str(), W_OK) != 0 && errno != ENOENT && errno != ENOTDIR)
    return "its folder '" + folder.string() + "' cannot be written: " + std::strerror(errno);
  return {};
}

/// Throws the `store_error` for an SQLite result code.
/// @param[in] system the error number of the operating system; 0: none
[[noreturn]] inline void sqlite_failed(const std::string& file, int code, std::string_view doing,
                                       std::string_view message, int system = 0) {
  const auto failure = [&](store_errc kind, std::string_view reason) {
    return store_error{file, kind,
                       std::string{reason} + " (" + std::string{doing} + ": " + std::string{message} +
                           (system == 0 ? "" : std::string{": "} + std::strerror(system)) + ")"};
  };
  if (code == SQLITE_READONLY_CANTINIT || code == SQLITE_READONLY_RECOVERY ||
      code == SQLITE_READONLY_CANTLOCK)
    throw failure(store_errc::locked, "another program is opening the journal of the store");
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw failure(store_errc::locked, "another writer holds the store");
    case SQLITE_READONLY:
    case SQLITE_PERM: {
      const std::string part = unwritable_part(file);
      throw failure(store_errc::read_only, "the store cannot be written" + (part.empty() ? "" : ": " + part));
    }
    case SQLITE_FULL:
      throw failure(store_errc::full, "the disk is full");
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:  // a damaged length
    case SQLITE_FORMAT:
      throw failure(store_errc::damaged, "the file is damaged");
    case SQLITE_NOTADB:
      throw failure(store_errc::not_a_store, "expected a store, found a file that is not an SQLite database");
    case SQLITE_CANTOPEN: {
      for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
        const std::string part = file + ending;
        if (access(part.c_str(), F_OK) == 0 && access(part.c_str(), R_OK) != 0)
          throw failure(store_errc::input_output, "'" + part + "' cannot be read by this user");
      }
      const std::string part = unwritable_part(file);
      if (!part.empty()) throw failure(store_errc::read_only, "the store cannot be written: " + part);
      throw failure(store_errc::input_output, "the file or its journal cannot be opened");
    }
    case SQLITE_NOMEM:
      throw std::bad_alloc{};
    default:
      if (system == ENOSPC || system == EDQUOT) throw failure(store_errc::full, "the disk is full");
      throw failure(store_errc::input_output, "the store cannot be read or written");
  }
}

/// The URI of a file for SQLite.
/// @param[in] query such as "immutable=1"
[[nodiscard]] inline std::string sqlite_uri(const std::filesystem::path& file, std::string_view query) {
  std::string out = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') || c == '/' || c == '-' || c == '_' || c == '.';
    if (plain) {
      out += c;
    } else {
      out += '%' + hex_text(byte, 2, upper_hex_digits);
    }
  }
  return out + "?" + std::string{query};
}

/// A connection to an SQLite file with its prepared statements; used by one thread at a time.
class database {
 public:
  /// Opens an existing file. SQLite reads it when the first statement runs.
  /// @param[in] uri_query such as "immutable=1"; empty: none
  database(const std::filesystem::path& file, int flags, std::chrono::milliseconds busy_timeout,
           std::string_view uri_query = {})
      : file_{file.string()} {
    sqlite3* opened = nullptr;
    const std::string name =
        uri_query.empty() ? std::filesystem::absolute(file).string() : sqlite_uri(file, uri_query);
    const int code = sqlite3_open_v2(
        name.c_str(), &opened,
        flags | (uri_query.empty() ? 0 : SQLITE_OPEN_URI) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr);
    handle_.reset(opened);
    if (code != SQLITE_OK)
      sqlite_failed(file_, code, "opening it", opened == nullptr ? "out of memory" : sqlite3_errmsg(opened),
                    opened == nullptr ? 0 : sqlite3_system_errno(opened));
    sqlite3_busy_timeout(opened, static_cast<int>(busy_timeout.count()));
    // A damaged or malicious schema can neither call functions nor change SQLite's own tables.
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  }

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
  /// The path that errors name.
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  void set_file(const std::filesystem::path& file) { file_ = file.string(); }

  /// Runs SQL without parameters or results.
  void execute(const std::string& sql) {
    if (const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
      failed(code, sql);
  }

  [[noreturn]] void failed(int code, std::string_view doing) const {
    const bool by_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    sqlite_failed(file_, code, doing, sqlite3_errmsg(handle()),
                  by_system ? sqlite3_system_errno(handle()) : 0);
  }

  /// A prepared statement in use: binds values in order, steps through rows, and is reset at the end. At most
  /// one use of the same SQL at a time.
  class query {
   public:
    query(database& owner, sqlite3_stmt* statement) : owner_{&owner}, statement_{statement} {}
    query(const query&) = delete;
    query& operator=(const query&) = delete;
    ~query() {
      sqlite3_reset(statement_);
      sqlite3_clear_bindings(statement_);
    }

    query& bind(std::int64_t value) { return bound(sqlite3_bind_int64(statement_, next_++, value)); }
    query& bind(double value) { return bound(sqlite3_bind_double(statement_, next_++, value)); }
    /// Texts and blobs must outlive the execution of the statement.
    query& bind(std::string_view text) {
      return bound(sqlite3_bind_text64(statement_, next_++, text.data() == nullptr ? "" : text.data(),
                                       text.size(), SQLITE_STATIC, SQLITE_UTF8));
    }
    query& bind(std::span<const std::byte> bytes) {
      return bound(bytes.empty()
                       ? sqlite3_bind_zeroblob(statement_, next_++, 0)
                       : sqlite3_bind_blob64(statement_, next_++, bytes.data(), bytes.size(), SQLITE_STATIC));
    }
    /// Binds a row, followed by its checksum.
    template <class... Values>
    query& bind_row(std::string_view table, const Values&... values) {
      owner_->seal_.begin(table);
      (owner_->seal_.add(values), ...);
      (bind(values), ...);
      return bind(owner_->seal_.value());
    }
    /// The checksum that was bound last.
    [[nodiscard]] std::int64_t seal() const { return owner_->seal_.value(); }

    /// Steps to the next row; returns whether there is one.
    bool step() {
      const int code = sqlite3_step(statement_);
      if (code != SQLITE_ROW && code != SQLITE_DONE) owner_->failed(code, sqlite3_sql(statement_));
      return code == SQLITE_ROW;
    }
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_, column); }
    [[nodiscard]] std::string_view text(int column) const {
      const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
      return data == nullptr ? std::string_view{} : std::string_view{data, size(column)};
    }
    /// Valid until the next step.
    [[nodiscard]] std::span<const std::byte> bytes(int column) const {
      const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
      return {data, data == nullptr ? 0 : size(column)};
    }
    /// Whether the checksum in the last column matches the table and the other columns.
    [[nodiscard]] bool is_sealed(std::string_view table) const {
      const int last = sqlite3_column_count(statement_) - 1;
      owner_->seal_.begin(table);
      for (int column = 0; column < last; ++column) {
        switch (sqlite3_column_type(statement_, column)) {
          case SQLITE_INTEGER:
            owner_->seal_.add(integer(column));
            break;
          case SQLITE_FLOAT:
            owner_->seal_.add(real(column));
            break;
          case SQLITE_TEXT:
            owner_->seal_.add(text(column));
            break;
          case SQLITE_BLOB:
            owner_->seal_.add(bytes(column));
            break;
          default:
            return false;
        }
      }
      return sqlite3_column_type(statement_, last) == SQLITE_INTEGER &&
             owner_->seal_.value() == integer(last);
    }

   private:
    query& bound(int code) {
      if (code != SQLITE_OK) owner_->failed(code, sqlite3_sql(statement_));
      return *this;
    }
    [[nodiscard]] std::size_t size(int column) const {
      return static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    }

    database* owner_;
    sqlite3_stmt* statement_;
    int next_ = 1;
  };

  /// Prepares a statement, or reuses it.
  [[nodiscard]] query prepare(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      sqlite3_stmt* made = nullptr;
      const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &made, nullptr);
      if (code != SQLITE_OK) failed(code, sql);
      found = statements_.emplace(std::string{sql}, std::unique_ptr<sqlite3_stmt, finalize>{made}).first;
    }
    return {*this, found->second.get()};
  }

 private:
  struct close {
    void operator()(sqlite3* open) const noexcept { sqlite3_close_v2(open); }
  };
  struct finalize {
    void operator()(sqlite3_stmt* made) const noexcept { sqlite3_finalize(made); }
  };

  std::string file_;
  std::unique_ptr<sqlite3, close> handle_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, finalize>, std::less<>> statements_;
  detail::seal seal_;
};

/// A transaction, rolled back unless it is committed.
class transaction {
 public:
  enum class kind { read, write };

  transaction(database& on, kind what) : on_{&on} {
    on.execute(what == kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    // After a full disk, SQLite may have rolled back already.
    if (on_ != nullptr && sqlite3_get_autocommit(on_->handle()) == 0)
      sqlite3_exec(on_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    on_->execute("COMMIT");
    on_ = nullptr;
  }

 private:
  database* on_;
};

}  // namespace mll::detail
