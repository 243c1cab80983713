// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A file system for SQLite whose writes and syncs fail on demand.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdlib>
#include <stdexcept>

namespace mll::test {

/// Replaces SQLite's default file system: counts writes and syncs of all files and fails at chosen ones. One
/// at a time, one thread.
class faulty_vfs {
 public:
  faulty_vfs() {
    real_ = sqlite3_vfs_find(nullptr);
    if (real_ == nullptr || current_ != nullptr)
      throw std::runtime_error{"expected a file system and no other faulty_vfs"};
    vfs_ = *real_;
    vfs_.zName = "mll-faulty";
    vfs_.szOsFile = static_cast<int>(sizeof(file)) + real_->szOsFile;
    vfs_.xOpen = open;
    current_ = this;
    if (sqlite3_vfs_register(&vfs_, 1) != SQLITE_OK)
      throw std::runtime_error{"cannot register a file system"};
  }
  faulty_vfs(const faulty_vfs&) = delete;
  faulty_vfs& operator=(const faulty_vfs&) = delete;
  ~faulty_vfs() {
    sqlite3_vfs_unregister(&vfs_);
    current_ = nullptr;
  }

  /// Fails at the n-th write or sync from now on (from 1), and at all later ones if `lasting`.
  void fail_at(std::size_t n, int code, bool lasting) {
    calls_ = 0;
    fail_at_ = n;
    code_ = code;
    lasting_ = lasting;
    failed_ = 0;
  }
  void heal() { fail_at_ = 0; }
  /// Failures since `fail_at`.
  [[nodiscard]] std::size_t failures() const noexcept { return failed_; }

 private:
  struct file {
    sqlite3_file base;
    sqlite3_file* real;
  };

  static sqlite3_file* real_of(sqlite3_file* f) { return reinterpret_cast<file*>(f)->real; }

  /// The result code of this call.
  static int verdict() {
    faulty_vfs& self = *current_;
    ++self.calls_;
    if (self.fail_at_ == 0 || self.calls_ < self.fail_at_ || (self.calls_ > self.fail_at_ && !self.lasting_))
      return SQLITE_OK;
    ++self.failed_;
    return self.code_;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags) {
    auto* self = reinterpret_cast<file*>(f);
    self->base.pMethods = nullptr;
    self->real = reinterpret_cast<sqlite3_file*>(self + 1);
    sqlite3_vfs* real = current_->real_;
    const int code = real->xOpen(real, name, self->real, flags, out_flags);
    if (self->real->pMethods != nullptr) self->base.pMethods = &methods();
    return code;
  }

  static const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods out = [] {
      sqlite3_io_methods m{};
      m.iVersion = 2;
      m.xClose = [](sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); };
      m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
        return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
      };
      m.xWrite = [](sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
        if (const int code = verdict(); code != SQLITE_OK) {
          // Half of it may have reached the disk.
          real_of(f)->pMethods->xWrite(real_of(f), from, n / 2, at);
          return code == SQLITE_IOERR ? SQLITE_IOERR_WRITE : code;
        }
        return real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
      };
      m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return real_of(f)->pMethods->xTruncate(real_of(f), size);
      };
      m.xSync = [](sqlite3_file* f, int flags) {
        if (const int code = verdict(); code != SQLITE_OK)
          return code == SQLITE_IOERR ? SQLITE_IOERR_FSYNC : code;
        return real_of(f)->pMethods->xSync(real_of(f), flags);
      };
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return real_of(f)->pMethods->xFileSize(real_of(f), size);
      };
      m.xLock = [](sqlite3_file* f, int level) { return real_of(f)->pMethods->xLock(real_of(f), level); };
      m.xUnlock = [](sqlite3_file* f, int level) { return real_of(f)->pMethods->xUnlock(real_of(f), level); };
      m.xCheckReservedLock = [](sqlite3_file* f, int* out_held) {
        return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out_held);
      };
      m.xFileControl = [](sqlite3_file* f, int op, void* argument) {
        return real_of(f)->pMethods->xFileControl(real_of(f), op, argument);
      };
      m.xSectorSize = [](sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); };
      m.xDeviceCharacteristics = [](sqlite3_file* f) {
        return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
      };
      m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out_memory) {
        return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out_memory);
      };
      m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
        return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
      };
      m.xShmBarrier = [](sqlite3_file* f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); };
      m.xShmUnmap = [](sqlite3_file* f, int remove) {
        return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
      };
      return m;
    }();
    return out;
  }

  inline static faulty_vfs* current_ = nullptr;
  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs vfs_{};
  std::size_t calls_ = 0;
  std::size_t fail_at_ = 0;
  int code_ = SQLITE_IOERR;
  bool lasting_ = false;
  std::size_t failed_ = 0;
};

}  // namespace mll::test
