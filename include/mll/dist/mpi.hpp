// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>
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

/// Limits of `mpi`.
struct mpi_options {
  /// How long a call waits for the other ranks; longer than any rank works between two calls.
  std::chrono::milliseconds patience = std::chrono::minutes{10};
  /// Bytes of one message of MPI, whose counts are `int`; longer pieces are sent in parts. At least one per
  /// rank.
  std::size_t max_message = std::size_t{1} << 30U;
};

/// The ranks of an MPI job. Component `mll::mpi`.
///
/// Works on a duplicate of the communicator, so that its messages do not mix with others. A call that MPI
/// reports as failed, or that takes longer than `mpi_options::patience`, throws; no call is possible
/// afterwards, and the job can only be aborted (`mpi_session` does so). While it waits, a rank sleeps.
///
/// @code
/// mll::dist::mpi_session session;
/// mll::dist::mpi comm;
/// const auto chosen = mll::select(backend, comm, labels_of_this_rank, match);
/// @endcode
class mpi {
 public:
  /// Collective. MPI must be initialised.
  /// Throws: `communication_error`; `invalid_argument` if `max_message` is less than a byte per rank or
  /// exceeds `int`.
  explicit mpi(MPI_Comm ranks = MPI_COMM_WORLD, const mpi_options& options = {}) : options_{options} {
    require(MPI_Comm_dup(ranks, &comm_), "MPI_Comm_dup");
    require(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    int rank = 0;
    int size = 0;
    require(MPI_Comm_rank(comm_, &rank), "MPI_Comm_rank");
    require(MPI_Comm_size(comm_, &size), "MPI_Comm_size");
    rank_ = static_cast<std::size_t>(rank);
    size_ = static_cast<std::size_t>(size);
    part_ = options.max_message / size_;
    if (part_ == 0 || options.max_message > INT_MAX) {
      throw invalid_argument{"options.max_message",
                             std::to_string(size_) + " to " + std::to_string(INT_MAX) + " bytes",
                             std::to_string(options.max_message)};
    }
  }
  mpi(const mpi&) = delete;
  mpi& operator=(const mpi&) = delete;
  ~mpi() {
    int is_finalized = 0;
    MPI_Finalized(&is_finalized);
    if (is_finalized == 0 && !has_failed_ && comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
  }

  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  [[nodiscard]] pieces all_gather(std::span<const std::byte> piece) {
    const std::vector<std::uint64_t> lengths = all_lengths(piece.size());
    std::vector<std::vector<std::byte>> incoming(size_);
    for (std::size_t done = 0; done < longest(lengths); done += part_) {
      auto job = std::make_unique<transfer>();
      const auto mine = part_of(piece, done);
      job->out.assign(mine.begin(), mine.end());
      job->expect(lengths, done, part_);
      run("MPI_Iallgatherv", job, [&](transfer& t) {
        return MPI_Iallgatherv(t.out.data(), static_cast<int>(t.out.size()), MPI_BYTE, t.in.data(),
                               t.in_counts.data(), t.in_offsets.data(), MPI_BYTE, comm_, &t.request);
      });
      job->append_to(incoming);
    }
    return joined(incoming);
  }

  /// Throws: `invalid_argument` unless there is one piece per rank.
  [[nodiscard]] pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) {
    if (outgoing.size() != size_) {
      throw invalid_argument{"outgoing", std::to_string(size_) + " pieces, one per rank",
                             std::to_string(outgoing.size())};
    }
    // All ranks take as many rounds as the longest piece needs.
    std::uint64_t longest_here = 0;
    for (const auto& piece : outgoing) longest_here = std::max<std::uint64_t>(longest_here, piece.size());
    const std::uint64_t longest_anywhere = longest(all_lengths(longest_here));
    const std::vector<std::uint64_t> lengths = lengths_from_all(outgoing);
    std::vector<std::vector<std::byte>> incoming(size_);
    for (std::size_t done = 0; done < longest_anywhere; done += part_) {
      auto job = std::make_unique<transfer>();
      for (const auto& piece : outgoing) {
        const auto here = part_of(piece, done);
        job->out_offsets.push_back(static_cast<int>(job->out.size()));
        job->out_counts.push_back(static_cast<int>(here.size()));
        job->out.insert(job->out.end(), here.begin(), here.end());
      }
      job->expect(lengths, done, part_);
      run("MPI_Ialltoallv", job, [&](transfer& t) {
        return MPI_Ialltoallv(t.out.data(), t.out_counts.data(), t.out_offsets.data(), MPI_BYTE, t.in.data(),
                              t.in_counts.data(), t.in_offsets.data(), MPI_BYTE, comm_, &t.request);
      });
      job->append_to(incoming);
    }
    return joined(incoming);
  }

  /// Throws: `invalid_argument` if there is no such rank.
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) {
    if (root >= size_)
      throw invalid_argument{"root", "a rank below " + std::to_string(size_), std::to_string(root)};
    const std::uint64_t length = all_lengths(bytes.size())[root];
    std::vector<std::byte> received;
    for (std::size_t done = 0; done < length; done += options_.max_message) {
      auto job = std::make_unique<transfer>();
      job->in.resize(std::min<std::size_t>(options_.max_message, length - done));
      if (rank_ == root)
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(done), job->in.size(), job->in.begin());
      run("MPI_Ibcast", job, [&](transfer& t) {
        return MPI_Ibcast(t.in.data(), static_cast<int>(t.in.size()), MPI_BYTE, static_cast<int>(root), comm_,
                          &t.request);
      });
      received.insert(received.end(), job->in.begin(), job->in.end());
    }
    bytes = std::move(received);
  }

  void barrier() {
    auto job = std::make_unique<transfer>();
    run("MPI_Ibarrier", job, [&](transfer& t) { return MPI_Ibarrier(comm_, &t.request); });
  }

 private:
  // Buffers of a call in progress. MPI writes to them until it completes.
  struct transfer {
    std::vector<std::byte> out;
    std::vector<std::byte> in;
    std::vector<int> out_counts;
    std::vector<int> out_offsets;
    std::vector<int> in_counts;
    std::vector<int> in_offsets;
    std::vector<std::uint64_t> out_lengths;
    std::vector<std::uint64_t> in_lengths;
    MPI_Request request = MPI_REQUEST_NULL;

    // Room for the next part of each rank's piece.
    void expect(std::span<const std::uint64_t> lengths, std::size_t done, std::size_t part) {
      std::size_t total = 0;
      for (const std::uint64_t length : lengths) {
        const std::size_t here = length > done ? std::min<std::size_t>(part, length - done) : 0;
        in_offsets.push_back(static_cast<int>(total));
        in_counts.push_back(static_cast<int>(here));
        total += here;
      }
      in.resize(total);
    }
    void append_to(std::vector<std::vector<std::byte>>& incoming) const {
      for (std::size_t r = 0; r < incoming.size(); ++r) {
        const auto first = in.begin() + in_offsets[r];
        incoming[r].insert(incoming[r].end(), first, first + in_counts[r]);
      }
    }
  };

  [[nodiscard]] std::span<const std::byte> part_of(std::span<const std::byte> piece, std::size_t done) const {
    const std::size_t first = std::min(done, piece.size());
    return piece.subspan(first, std::min(part_, piece.size() - first));
  }
  [[nodiscard]] static std::uint64_t longest(std::span<const std::uint64_t> lengths) {
    return *std::max_element(lengths.begin(), lengths.end());
  }
  [[nodiscard]] static pieces joined(const std::vector<std::vector<std::byte>>& incoming) {
    pieces out;
    for (const auto& piece : incoming) out.add(piece);
    return out;
  }

  // The lengths that the ranks announce.
  [[nodiscard]] std::vector<std::uint64_t> all_lengths(std::uint64_t mine) {
    auto job = std::make_unique<transfer>();
    job->out_lengths = {mine};
    job->in_lengths.resize(size_);
    run("MPI_Iallgather", job, [&](transfer& t) {
      return MPI_Iallgather(t.out_lengths.data(), 1, MPI_UINT64_T, t.in_lengths.data(), 1, MPI_UINT64_T,
                            comm_, &t.request);
    });
    return std::move(job->in_lengths);
  }
  [[nodiscard]] std::vector<std::uint64_t> lengths_from_all(
      std::span<const std::vector<std::byte>> outgoing) {
    auto job = std::make_unique<transfer>();
    for (const auto& piece : outgoing) job->out_lengths.push_back(piece.size());
    job->in_lengths.resize(size_);
    run("MPI_Ialltoall", job, [&](transfer& t) {
      return MPI_Ialltoall(t.out_lengths.data(), 1, MPI_UINT64_T, t.in_lengths.data(), 1, MPI_UINT64_T, comm_,
                           &t.request);
    });
    return std::move(job->in_lengths);
  }

  // Starts a call and waits until it completes.
  template <class Start>
  void run(const char* call, std::unique_ptr<transfer>& job, const Start& start) {
    if (has_failed_)
      throw communication_error{std::string{call} + ": expected working ranks, found an earlier failure"};
    if (const int code = start(*job); code != MPI_SUCCESS) fail(call, job, code);
    const auto begin = std::chrono::steady_clock::now();
    auto pause = std::chrono::microseconds{0};
    for (std::size_t tries = 0;; ++tries) {
      int is_complete = 0;
      if (const int code = MPI_Test(&job->request, &is_complete, MPI_STATUS_IGNORE); code != MPI_SUCCESS)
        fail(call, job, code);
      if (is_complete != 0) return;
      if (std::chrono::steady_clock::now() - begin > options_.patience) {
        abandon(job);
        throw communication_error{std::string{call} + ": expected all ranks within " +
                                  std::to_string(options_.patience.count()) +
                                  " ms, found that one is missing"};
      }
      if (tries < 100) {
        std::this_thread::yield();
      } else {  // a long wait: yield the processor
        pause = std::min(pause + std::chrono::microseconds{10}, std::chrono::microseconds{1000});
        std::this_thread::sleep_for(pause);
      }
    }
  }
  // MPI may still write to the buffers, so they stay.
  void abandon(std::unique_ptr<transfer>& job) {
    has_failed_ = true;
    static_cast<void>(job.release());
  }
  [[noreturn]] void fail(const char* call, std::unique_ptr<transfer>& job, int code) {
    abandon(job);
    throw communication_error{std::string{call} + ": " + text_of(code)};
  }
  static void require(int code, const char* call) {
    if (code != MPI_SUCCESS) throw communication_error{std::string{call} + ": " + text_of(code)};
  }
  [[nodiscard]] static std::string text_of(int code) {
    std::vector<char> text(MPI_MAX_ERROR_STRING);
    int length = 0;
    if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) return "error " + std::to_string(code);
    return {text.data(), static_cast<std::size_t>(length)};
  }

  mpi_options options_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  std::size_t rank_ = 0;
  std::size_t size_ = 1;
  std::size_t part_ = 1;  // bytes per rank and message
  bool has_failed_ = false;
};

static_assert(communicator<mpi>);

}  // namespace mll::dist
