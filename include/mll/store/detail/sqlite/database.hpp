// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/store/detail/sqlite/seal.hpp"
#include "mll/store/store_error.hpp"

namespace mll::detail {

/// Throws what an SQLite result code means to somebody who uses a store.
[[noreturn]] inline void sqlite_failed(const std::string& file, int code, std::string_view doing,
                                       std::string_view message) {
  using problem = store_error::problem;
  const auto failure = [&](problem why, std::string_view reason) {
    return store_error{file, why,
                       std::string{reason} + " (" + std::string{doing} + ": " + std::string{message} + ")"};
  };
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw failure(problem::locked, "another writer holds the store");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw failure(problem::read_only, "the store cannot be written");
    case SQLITE_FULL:
      throw failure(problem::full, "the disk is full");
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:  // a length that nobody wrote
    case SQLITE_FORMAT:
      throw failure(problem::damaged, "the file is damaged");
    case SQLITE_NOTADB:
      throw failure(problem::not_a_store, "expected a store of a hub, found no SQLite database");
    case SQLITE_CANTOPEN:
      throw failure(problem::input_output, "the file or its journal cannot be opened");
    case SQLITE_NOMEM:
      throw std::bad_alloc{};
    default:
      throw failure(problem::input_output, "the store cannot be read or written");
  }
}

/// One connection to an SQLite file, with its prepared statements. For one thread at a time.
class database {
 public:
  /// Opens a file that exists. SQLite looks at it when the first statement runs.
  database(const std::filesystem::path& file, int flags, std::chrono::milliseconds patience)
      : file_{file.string()} {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(std::filesystem::absolute(file).c_str(), &opened,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(opened);
    if (code != SQLITE_OK)
      sqlite_failed(file_, code, "opening it", opened == nullptr ? "out of memory" : sqlite3_errmsg(opened));
    sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
    // Neither a damaged nor a made-up schema can call functions or touch SQLite's own tables.
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  }

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

  /// Runs SQL without parameters or results.
  void execute(const std::string& sql) {
    if (const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
      failed(code, sql);
  }

  [[noreturn]] void failed(int code, std::string_view doing) const {
    sqlite_failed(file_, code, doing, sqlite3_errmsg(handle()));
  }

  /// A prepared statement in use: values are bound in order, rows are stepped through, and it is reset in the
  /// end. At most one use of the same SQL at a time.
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
    /// Text and blobs must live until the statement has run.
    query& bind(std::string_view text) {
      return bound(sqlite3_bind_text64(statement_, next_++, text.data() == nullptr ? "" : text.data(),
                                       text.size(), SQLITE_STATIC, SQLITE_UTF8));
    }
    query& bind(std::span<const std::byte> bytes) {
      return bound(bytes.empty()
                       ? sqlite3_bind_zeroblob(statement_, next_++, 0)
                       : sqlite3_bind_blob64(statement_, next_++, bytes.data(), bytes.size(), SQLITE_STATIC));
    }
    /// Binds a whole row and its checksum behind it.
    template <class... Values>
    query& bind_row(std::string_view table, const Values&... values) {
      owner_->seal_.begin(table);
      (owner_->seal_.add(values), ...);
      (bind(values), ...);
      return bind(owner_->seal_.value());
    }
    /// The checksum that was bound last.
    [[nodiscard]] std::int64_t seal() const { return owner_->seal_.value(); }

    /// The next row, if there is one.
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
    /// Whether the row is what was written: the checksum in its last column fits the table and all others.
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

  /// Prepares SQL, once for all uses.
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

/// A transaction: what was done in it is undone unless it is committed.
class transaction {
 public:
  enum class kind { read, write };

  transaction(database& on, kind what) : on_{&on} {
    on.execute(what == kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
  }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    // After a full disk, SQLite may have undone it already: nothing is wrong then.
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
