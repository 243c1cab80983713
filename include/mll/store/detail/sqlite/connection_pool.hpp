// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/read_only.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/store_options.hpp"

namespace mll::detail {

/// Connections to one store, each used by one thread at a time; opened when needed and then reused.
class connection_pool {
 public:
  connection_pool(std::filesystem::path file, const store_options& options)
      : file_{std::filesystem::absolute(std::move(file))}, options_{options} {
    check_header(file_);
    give_back(make());  // so that errors of the file are thrown here
  }

  /// A connection for the life of this object.
  class lease {
   public:
    explicit lease(connection_pool& owner) : owner_{&owner}, held_{owner.take()} {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { owner_->give_back(std::move(held_)); }
    [[nodiscard]] database& operator*() const noexcept { return *held_.db; }
    /// Whether everything that was read is from one state of the store.
    [[nodiscard]] bool is_current() const { return held_.is_current(owner_->file_); }

   private:
    connection_pool* owner_;
    connection held_;
  };

  /// Returns `work(database&)`, run inside a read transaction; runs it again where a writer appeared
  /// meanwhile.
  template <class Work>
  auto read(const Work& work) {
    for (;;) {
      const lease db{*this};
      try {
        const transaction reading{*db, transaction::kind::read};
        auto out = work(*db);
        if (db.is_current()) return out;
      } catch (...) {
        if (db.is_current()) throw;
      }
    }
  }

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  [[nodiscard]] const store_options& options() const noexcept { return options_; }

 private:
  [[nodiscard]] connection make() const {
    if (options_.access == store_access::read_only) return open_reader(file_, options_);
    connection out{
        std::make_unique<database>(file_, SQLITE_OPEN_READWRITE, options_.busy_timeout), {}, {}, false};
    open_checked(*out.db, options_);
    return out;
  }
  [[nodiscard]] connection take() {
    for (;;) {
      connection out;
      {
        const std::scoped_lock lock{guard_};
        if (idle_.empty()) break;
        out = std::move(idle_.back());
        idle_.pop_back();
      }
      if (out.is_current(file_)) return out;
    }
    return make();
  }
  void give_back(connection db) {
    if (db.is_single_use) return;
    const std::scoped_lock lock{guard_};
    idle_.push_back(std::move(db));
  }

  std::filesystem::path file_;
  store_options options_;
  std::mutex guard_;
  std::vector<connection> idle_;
};

}  // namespace mll::detail
