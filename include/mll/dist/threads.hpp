// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/dist/communication_error.hpp"
#include "mll/dist/communicator.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::dist {

/// Ranks that are threads of this program: to test what runs over ranks, without MPI.
///
/// @code
/// mll::dist::threads{4}.run([&](mll::dist::threads::member& comm) {
///   const auto chosen = mll::select(backend, comm, shards[comm.rank()], match);
/// });
/// @endcode
class threads {
 public:
  class member;

  /// Throws: `invalid_argument` for 0 ranks.
  explicit threads(std::size_t ranks) : ranks_{ranks} {
    if (ranks == 0) throw invalid_argument{"ranks", "at least 1", "0"};
  }

  /// Calls `work(comm)` once per rank, each in its own thread, and waits for all of them. If one throws, or
  /// returns while others wait for it, the others get a `communication_error`.
  /// @param[in] work is called concurrently with `member&`
  /// Throws: the exception of the first rank that failed on its own account.
  template <class Work>
  void run(const Work& work) const;

 private:
  // What the ranks share.
  struct group {
    explicit group(std::size_t ranks) : outgoing(ranks) {}

    // Waits until all ranks are here. Throws: `communication_error` if one will not come.
    void meet() {
      std::unique_lock lock{mutex};
      require_all();
      const std::size_t now = round;
      if (++arrived == outgoing.size()) {
        arrived = 0;
        ++round;
        changed.notify_all();
        return;
      }
      changed.wait(lock, [&] { return round != now || is_lost; });
      if (round == now) require_all();
    }
    void require_all() const {
      if (is_lost) throw communication_error{"communicator: expected all ranks, found that one has ended"};
    }
    void lose() {
      const std::lock_guard lock{mutex};
      is_lost = true;
      changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::vector<std::vector<std::byte>>> outgoing;  // [from][to], or [from][0] to all
    std::size_t arrived = 0;
    std::size_t round = 0;
    bool is_lost = false;
  };

  std::size_t ranks_;
};

/// One rank of `threads`, a communicator.
class threads::member {
 public:
  member(const member&) = delete;
  member& operator=(const member&) = delete;
  ~member() = default;

  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] std::size_t size() const noexcept { return group_->outgoing.size(); }
  [[nodiscard]] pieces all_gather(std::span<const std::byte> piece) {
    return exchange({{piece.begin(), piece.end()}});
  }
  /// Throws: `invalid_argument` unless there is one piece per rank.
  [[nodiscard]] pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) {
    if (outgoing.size() != size()) {
      throw invalid_argument{"outgoing", std::to_string(size()) + " pieces, one per rank",
                             std::to_string(outgoing.size())};
    }
    return exchange({outgoing.begin(), outgoing.end()});
  }
  /// Throws: `invalid_argument` if there is no such rank.
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) {
    if (root >= size())
      throw invalid_argument{"root", "a rank below " + std::to_string(size()), std::to_string(root)};
    const pieces all =
        all_gather(rank_ == root ? std::span<const std::byte>{bytes} : std::span<const std::byte>{});
    bytes.assign(all.bytes.begin(), all.bytes.end());
  }
  void barrier() { group_->meet(); }

 private:
  friend class threads;
  member(group& of, std::size_t rank) noexcept : group_{&of}, rank_{rank} {}

  pieces exchange(std::vector<std::vector<std::byte>> mine) {
    {
      const std::lock_guard lock{group_->mutex};
      group_->require_all();
      group_->outgoing[rank_] = std::move(mine);
    }
    group_->meet();
    pieces out;
    for (const auto& from : group_->outgoing) out.add(from.size() == 1 ? from[0] : from[rank_]);
    group_->meet();  // wait until all ranks have read
    return out;
  }

  group* group_;
  std::size_t rank_;
};

template <class Work>
void threads::run(const Work& work) const {
  group shared{ranks_};
  std::vector<std::exception_ptr> failures(ranks_);
  std::vector<bool> is_echo(ranks_, false);  // the failure of another rank
  std::mutex noting;
  const auto run_rank = [&](std::size_t rank) {
    member comm{shared, rank};
    std::exception_ptr failure;
    bool echo = false;
    try {
      work(comm);
    } catch (const communication_error&) {
      failure = std::current_exception();
      echo = true;
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock{noting};
    failures[rank] = failure;
    is_echo[rank] = echo;
    shared.lose();
  };
  {
    std::vector<std::jthread> running;
    try {
      for (std::size_t rank = 0; rank < ranks_; ++rank) running.emplace_back(run_rank, rank);
    } catch (...) {  // the system has no more threads
      shared.lose();
      throw;
    }
  }
  for (const bool echoes : {false, true}) {
    for (std::size_t rank = 0; rank < ranks_; ++rank) {
      if (failures[rank] && is_echo[rank] == echoes) std::rethrow_exception(failures[rank]);
    }
  }
}

static_assert(communicator<threads::member>);

}  // namespace mll::dist
