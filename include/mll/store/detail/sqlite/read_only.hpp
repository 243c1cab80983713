// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/detail/sqlite/file_system.hpp"
#include "mll/store/detail/sqlite/schema.hpp"
#include "mll/store/store_error.hpp"
#include "mll/store/store_options.hpp"

/// Reading a store without touching its files: a reader that cannot write the file must not leave a journal
/// of its own behind, which would lock the owner out.
namespace mll::detail {

/// What tells whether the files of a store have been written.
struct file_state {
  std::array<std::int64_t, 7> file{};     ///< device, inode, size, times of change; 0: there is no file
  std::array<std::int64_t, 7> journal{};  ///< likewise, of `-wal`
  bool rollback = false;                  ///< whether there is a `-journal` that is not empty
  bool shared = false;                    ///< whether there is a `-shm`

  [[nodiscard]] bool has_journal() const noexcept { return journal[2] != 0 || rollback; }
  friend bool operator==(const file_state&, const file_state&) = default;
};

[[nodiscard]] inline file_state state_of_files(const std::filesystem::path& file) {
  const auto look = [&](const char* ending) {
    struct stat found {};
    std::array<std::int64_t, 7> out{};
    if (stat((file.string() + ending).c_str(), &found) != 0) return out;
    out = {static_cast<std::int64_t>(found.st_dev),
           static_cast<std::int64_t>(found.st_ino),
           found.st_size,
           found.st_mtim.tv_sec,
           found.st_mtim.tv_nsec,
           found.st_ctim.tv_sec,
           found.st_ctim.tv_nsec};
    return out;
  };
  return {look(""), look("-wal"), look("-journal")[2] != 0, look("-shm")[1] != 0};
}

/// A connection, with what a reader that takes no locks depends on.
struct connection {
  std::unique_ptr<database> db;
  /// The state of the files that the connection treats as immutable; empty: SQLite's locks
  /// guard it.
  std::optional<file_state> fixed = {};
  std::shared_ptr<temporary_folder> copy = {};  ///< of the files, if they cannot be read in place
  /// Whether to close it after use: SQLite gives all connections of a process the same view of `-shm`, so
  /// that a read-only one would keep a later writer of this process from writing.
  bool is_single_use = false;

  [[nodiscard]] bool is_current(const std::filesystem::path& file) const {
    return !fixed || *fixed == state_of_files(file);
  }
};

/// Whether another connection, of any process, has the journal open. Reads the file `-shm` only.
[[nodiscard]] inline bool is_journal_in_use(const std::filesystem::path& file) {
  database probe{file, SQLITE_OPEN_READONLY, std::chrono::milliseconds{0}, "readonly_shm=1"};
  sqlite3_file* stream = nullptr;
  sqlite3_file_control(probe.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &stream);
  if (stream == nullptr || stream->pMethods == nullptr || stream->pMethods->iVersion < 2) return true;
  void volatile* shared = nullptr;
  const int code = stream->pMethods->xShmMap(stream, 0, 32768, 0, &shared);
  stream->pMethods->xShmUnmap(stream, 0);
  return code != SQLITE_READONLY_CANTINIT;
}

/// Opens a connection for reading that creates no files and changes none:
/// - without a journal, as an immutable file; the reader checks afterwards that nobody wrote meanwhile;
/// - with a journal that a writer has open, beside it;
/// - with a journal that a crash left, from the journal, with an index in memory;
/// - with a journal without an index (a copied store), or on a network file system, from a copy in the folder
///   for temporary files.
///
/// Throws: `store_error`.
[[nodiscard]] inline connection open_reader(const std::filesystem::path& file, const store_options& options) {
  const auto open = [&](const std::filesystem::path& at, std::string_view query) {
    auto out = std::make_unique<database>(at, SQLITE_OPEN_READONLY, options.busy_timeout, query);
    out->set_file(file);
    open_checked(*out, options);
    return out;
  };
  for (int attempt = 0; attempt < 100; ++attempt) {
    const file_state before = state_of_files(file);
    const auto unchanged = [&] { return state_of_files(file) == before; };
    try {
      if (!before.has_journal()) {
        connection out{open(file, "immutable=1"), before, {}, false};
        if (unchanged()) return out;
      } else if (before.rollback ||
                 (before.shared && network_file_system(look_up_file_system(file)).empty())) {
        const bool may_write = access(file.c_str(), W_OK) == 0;
        const bool beside = before.rollback || (may_write && is_journal_in_use(file));
        return {open(file, beside ? "" : "readonly_shm=1"), {}, {}, !beside};
      } else {
        auto folder = std::make_shared<temporary_folder>();
        const auto to = folder->path() / file.filename();
        for (const char* ending : {"", "-wal"})
          std::filesystem::copy_file(file.string() + ending, to.string() + ending);
        if (unchanged()) return {open(to, ""), before, std::move(folder), false};
      }
    } catch (const std::filesystem::filesystem_error& thrown) {
      if (unchanged())
        throw store_error{
            file.string(), store_errc::input_output,
            "its journal can be read from a copy only, which failed (" + std::string{thrown.what()} + ")"};
    } catch (const store_error&) {
      if (unchanged()) throw;
    }
    usleep(1000);  // a writer is opening or closing the store
  }
  throw store_error{file.string(), store_errc::locked, "another writer keeps opening and closing the store"};
}

}  // namespace mll::detail
