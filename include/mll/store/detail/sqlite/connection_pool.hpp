// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "mll/store/detail/sqlite/database.hpp"
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
    explicit lease(connection_pool& owner) : owner_{&owner}, db_{owner.take()} {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { owner_->give_back(std::move(db_)); }
    [[nodiscard]] database& operator*() const noexcept { return *db_; }

   private:
    connection_pool* owner_;
    std::unique_ptr<database> db_;
  };

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  [[nodiscard]] const store_options& options() const noexcept { return options_; }

 private:
  [[nodiscard]] std::unique_ptr<database> make() const {
    auto out = std::make_unique<database>(
        file_, options_.access == store_access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE,
        options_.busy_timeout);
    open_checked(*out, options_);
    return out;
  }
  [[nodiscard]] std::unique_ptr<database> take() {
    {
      const std::scoped_lock lock{guard_};
      if (!idle_.empty()) {
        auto out = std::move(idle_.back());
        idle_.pop_back();
        return out;
      }
    }
    return make();
  }
  void give_back(std::unique_ptr<database> db) {
    const std::scoped_lock lock{guard_};
    idle_.push_back(std::move(db));
  }

  std::filesystem::path file_;
  store_options options_;
  std::mutex guard_;
  std::vector<std::unique_ptr<database>> idle_;
};

}  // namespace mll::detail
