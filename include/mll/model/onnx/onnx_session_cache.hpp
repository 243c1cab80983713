// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"

namespace mll {

/// Loaded networks of ONNX files, shared by models. A network is loaded when it is first used. When a memory
/// budget is exceeded, the least recently used networks are released, so that a hub of thousands of files
/// holds only a few.
///
/// The memory of a network is what its engine reports when it is loaded (see `check_function`). Before that,
/// and where the engine cannot tell, it is the size of the file times `bytes_per_file_byte` plus
/// `bytes_per_session`.
///
/// Networks in use are never released, so the total can exceed the budget by one network per thread. A file
/// must not change while its network is held.
///
/// Threads: all members may be called concurrently. If the engine is not concurrent, a network is used by one
/// thread at a time, and others wait for it. Loading a file does not block the users of other files.
class onnx_session_cache {
 public:
  static constexpr std::size_t default_budget = std::size_t{1} << 30U;
  static constexpr std::size_t bytes_per_file_byte = 2;
  static constexpr std::size_t bytes_per_session = std::size_t{1} << 18U;
  /// What a network is taken to need until its engine tells. @param[in] file bytes of its file
  [[nodiscard]] static constexpr std::size_t estimated_bytes(std::uintmax_t file) noexcept {
    return static_cast<std::size_t>(file) * bytes_per_file_byte + bytes_per_session;
  }

  /// Called with a network that was just loaded. Returns the bytes that it occupies, 0 if unknown. An
  /// exception means that the file does not load.
  using check_function = std::function<std::size_t(onnx_session&)>;

  /// Activity and contents of a cache.
  struct counters {
    std::size_t loads = 0;     ///< files loaded successfully
    std::size_t hits = 0;      ///< requests for a network that was loaded already
    std::size_t sessions = 0;  ///< networks held
    std::size_t bytes = 0;     ///< their memory
  };

 private:
  using key = std::pair<std::string, std::string>;  // file and engine
  struct entry {
    key place;
    std::size_t bytes = 0;  // under guard_
    std::size_t users = 0;  // running or waiting; under guard_
    std::mutex busy;
    std::unique_ptr<onnx_session> session;  // changed under busy; stays while there are users
  };
  using entry_pointer = std::shared_ptr<entry>;

 public:
  /// Use of a network while the lease lives; exclusive if the engine is not concurrent.
  class lease {
   public:
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() {
      if (busy_.owns_lock()) busy_.unlock();
      cache_.give_back(held_);
    }
    [[nodiscard]] onnx_session& session() const noexcept { return *held_->session; }

   private:
    friend class onnx_session_cache;
    lease(onnx_session_cache& cache, entry_pointer held, std::unique_lock<std::mutex> busy)
        : cache_{cache}, held_{std::move(held)}, busy_{std::move(busy)} {}
    onnx_session_cache& cache_;
    entry_pointer held_;
    std::unique_lock<std::mutex> busy_;
  };

  /// @param[in] budget_bytes idle networks are released while the estimate for all networks exceeds this
  explicit onnx_session_cache(std::size_t budget_bytes = default_budget) : budget_{budget_bytes} {}
  onnx_session_cache(const onnx_session_cache&) = delete;
  onnx_session_cache& operator=(const onnx_session_cache&) = delete;

  /// The default cache, with the default budget.
  [[nodiscard]] static const std::shared_ptr<onnx_session_cache>& shared() {
    static const auto only = std::make_shared<onnx_session_cache>();
    return only;
  }

  /// The network of a file, loaded if necessary. Waits while another thread loads it, or uses it and the
  /// engine is not concurrent.
  /// Throws: `model_error` naming the file and the reason if it cannot be loaded; what `check` throws. A
  /// later call retries.
  [[nodiscard]] lease acquire(const std::filesystem::path& file, const any_onnx_engine& engine,
                              const check_function& check = {}) {
    std::vector<entry_pointer> released;  // destroyed after the lock is released
    std::size_t measured = 0;
    const entry_pointer found = take({file.string(), engine.name()});
    std::unique_lock busy{found->busy};
    const bool is_hit = found->session != nullptr;
    if (!is_hit) {
      try {
        found->session = load(file.string(), engine, check, measured);
      } catch (...) {
        busy.unlock();
        give_back(found);
        throw;
      }
    }
    if (engine.is_concurrent()) busy.unlock();
    const std::scoped_lock lock{guard_};
    ++(is_hit ? counters_.hits : counters_.loads);
    if (measured != 0) {
      counters_.bytes = counters_.bytes - found->bytes + measured;
      found->bytes = measured;
      released = shrink();
    }
    return {*this, found, std::move(busy)};
  }
  /// Memory of a file's network; 0 if it is not held.
  [[nodiscard]] std::size_t bytes(const std::filesystem::path& file, const any_onnx_engine& engine) const {
    const std::scoped_lock lock{guard_};
    const auto place = by_file_.find({file.string(), engine.name()});
    return place == by_file_.end() ? 0 : (*place->second)->bytes;
  }

  [[nodiscard]] std::size_t budget() const noexcept { return budget_; }
  [[nodiscard]] counters statistics() const {
    const std::scoped_lock lock{guard_};
    counters out = counters_;
    out.sessions = recent_.size();
    return out;
  }

 private:
  static std::unique_ptr<onnx_session> load(const std::string& file, const any_onnx_engine& engine,
                                            const check_function& check, std::size_t& measured) {
    auto session = engine.load(file);
    if (!check) return session;
    try {
      measured = check(*session);
    } catch (const error&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& problem) {
      throw model_error{file, engine.name() + ": " + problem.what()};
    }
    return session;
  }

  entry_pointer take(const key& place_of) {
    std::vector<entry_pointer> released;  // destroyed after the lock is released
    const std::scoped_lock lock{guard_};
    const auto place = by_file_.find(place_of);
    if (place != by_file_.end()) {
      recent_.splice(recent_.begin(), recent_, place->second);
      ++recent_.front()->users;
      return recent_.front();
    }
    std::error_code problem;
    const auto size = std::filesystem::file_size(place_of.first, problem);
    if (problem) throw model_error{place_of.first, "cannot be read: " + problem.message()};
    auto added = std::make_shared<entry>();
    added->place = place_of;
    added->bytes = estimated_bytes(size);
    added->users = 1;
    recent_.push_front(added);
    by_file_.emplace(place_of, recent_.begin());
    counters_.bytes += added->bytes;
    released = shrink();
    return added;
  }

  void give_back(const entry_pointer& used) {
    std::vector<entry_pointer> released;
    const std::scoped_lock lock{guard_};
    // Without users, its network does not change.
    if (--used->users == 0 && !used->session) released.push_back(erase(by_file_.at(used->place)));
    auto more = shrink();
    released.insert(released.end(), more.begin(), more.end());
  }

  /// Under guard_: removes idle sessions, least recently used first, until the budget holds.
  std::vector<entry_pointer> shrink() {
    std::vector<entry_pointer> out;
    for (auto last = recent_.end(); counters_.bytes > budget_ && last != recent_.begin();) {
      const auto candidate = std::prev(last);
      if ((*candidate)->users == 0) {
        out.push_back(erase(candidate));
      } else {
        last = candidate;
      }
    }
    return out;
  }
  entry_pointer erase(std::list<entry_pointer>::iterator place) {
    entry_pointer out = *place;
    counters_.bytes -= out->bytes;
    by_file_.erase(out->place);
    recent_.erase(place);
    return out;
  }

  std::size_t budget_;
  mutable std::mutex guard_;
  std::list<entry_pointer> recent_;  // most recently used first
  std::map<key, std::list<entry_pointer>::iterator> by_file_;
  counters counters_;
};

}  // namespace mll
