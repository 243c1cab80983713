// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <opencv2/dnn.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/detail/opencv_call.hpp"

namespace mll {

/// Loaded networks of ONNX files, shared by models. A network is loaded when it is first used. When a memory
/// budget is exceeded, the least recently used networks are released, so that a hub of thousands of files
/// holds only a few.
///
/// The memory of a network is reported by its user, who knows the batch size (see `check_function`). Before
/// that, and without such a function, the estimate is the size of the file times `bytes_per_file_byte` plus
/// `bytes_per_session`.
///
/// Networks in use are never released, so the total can exceed the budget by one network per thread. A file
/// must not change while its network is held.
///
/// Threads: all members may be called concurrently. A network is used by one thread at a time; others wait
/// for it. Loading a file does not block the users of other files.
class onnx_session_cache {
 public:
  static constexpr std::size_t default_budget = std::size_t{1} << 30U;
  static constexpr std::size_t bytes_per_file_byte = 2;
  static constexpr std::size_t bytes_per_session = std::size_t{1} << 18U;

  /// Called with a network that was just loaded. Returns the bytes that it occupies when it runs, 0 if
  /// unknown. An exception means that the file does not load.
  using check_function = std::function<std::size_t(cv::dnn::Net&)>;

  /// Activity and contents of a cache.
  struct counters {
    std::size_t loads = 0;     ///< files loaded successfully
    std::size_t hits = 0;      ///< requests for a network that was loaded already
    std::size_t sessions = 0;  ///< networks held
    std::size_t bytes = 0;     ///< their estimated memory
  };

 private:
  struct session {
    std::string file;
    std::size_t bytes = 0;
    std::size_t users = 0;  // running or waiting; under guard_
    std::mutex busy;
    std::unique_ptr<cv::dnn::Net> net;  // under busy
  };
  using session_pointer = std::shared_ptr<session>;

 public:
  /// Exclusive use of a network while the lease lives.
  class lease {
   public:
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() {
      busy_.unlock();
      cache_.give_back(held_);
    }
    [[nodiscard]] cv::dnn::Net& net() const noexcept { return *held_->net; }

   private:
    friend class onnx_session_cache;
    lease(onnx_session_cache& cache, session_pointer held, std::unique_lock<std::mutex> busy)
        : cache_{cache}, held_{std::move(held)}, busy_{std::move(busy)} {}
    onnx_session_cache& cache_;
    session_pointer held_;
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

  /// The network of a file, loaded if necessary. Waits while another thread uses it.
  /// Throws: `model_error` naming the file and the reason if it cannot be loaded; what `check` throws. A
  /// later call retries.
  [[nodiscard]] lease acquire(const std::filesystem::path& file, const check_function& check = {}) {
    std::vector<session_pointer> released;  // destroyed after the lock is released
    std::size_t measured = 0;
    const session_pointer found = take(file.string());
    std::unique_lock busy{found->busy};
    if (found->net) {
      const std::scoped_lock lock{guard_};
      ++counters_.hits;
      return {*this, found, std::move(busy)};
    }
    try {
      found->net = load(found->file, check, measured);
    } catch (...) {
      busy.unlock();
      give_back(found);
      throw;
    }
    const std::scoped_lock lock{guard_};
    ++counters_.loads;
    if (measured != 0) {
      counters_.bytes = counters_.bytes - found->bytes + measured;
      found->bytes = measured;
      released = shrink();
    }
    return {*this, found, std::move(busy)};
  }

  [[nodiscard]] std::size_t budget() const noexcept { return budget_; }
  [[nodiscard]] counters statistics() const {
    const std::scoped_lock lock{guard_};
    counters out = counters_;
    out.sessions = recent_.size();
    return out;
  }

 private:
  static std::unique_ptr<cv::dnn::Net> load(const std::string& file, const check_function& check,
                                            std::size_t& measured) {
    const detail::quiet_opencv quiet;
    return detail::opencv_call(file, [&] {
      auto net = std::make_unique<cv::dnn::Net>(cv::dnn::readNetFromONNX(file));
      if (net->empty()) throw model_error{file, "the network has no layers"};
      // The same results everywhere, whatever a plugin or an environment variable prefers.
      net->setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
      net->setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
      if (check) measured = check(*net);
      return net;
    });
  }

  session_pointer take(const std::string& file) {
    std::vector<session_pointer> released;  // destroyed after the lock is released
    const std::scoped_lock lock{guard_};
    const auto place = by_file_.find(file);
    if (place != by_file_.end()) {
      recent_.splice(recent_.begin(), recent_, place->second);
      ++recent_.front()->users;
      return recent_.front();
    }
    std::error_code problem;
    const auto size = std::filesystem::file_size(file, problem);
    if (problem) throw model_error{file, "cannot be read: " + problem.message()};
    auto added = std::make_shared<session>();
    added->file = file;
    added->bytes = static_cast<std::size_t>(size) * bytes_per_file_byte + bytes_per_session;
    added->users = 1;
    recent_.push_front(added);
    by_file_.emplace(file, recent_.begin());
    counters_.bytes += added->bytes;
    released = shrink();
    return added;
  }

  void give_back(const session_pointer& used) {
    std::vector<session_pointer> released;
    const std::scoped_lock lock{guard_};
    // Without users, its network does not change.
    if (--used->users == 0 && !used->net) released.push_back(erase(by_file_.at(used->file)));
    auto more = shrink();
    released.insert(released.end(), more.begin(), more.end());
  }

  /// Under guard_: removes idle sessions, least recently used first, until the budget holds.
  std::vector<session_pointer> shrink() {
    std::vector<session_pointer> out;
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
  session_pointer erase(std::list<session_pointer>::iterator place) {
    session_pointer out = *place;
    counters_.bytes -= out->bytes;
    by_file_.erase(out->file);
    recent_.erase(place);
    return out;
  }

  std::size_t budget_;
  mutable std::mutex guard_;
  std::list<session_pointer> recent_;  // most recently used first
  std::map<std::string, std::list<session_pointer>::iterator> by_file_;
  counters counters_;
};

}  // namespace mll
