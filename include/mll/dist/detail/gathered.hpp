// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/dist/communication_error.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/pieces.hpp"

// Pieces are values in the representation of the processor: the ranks of a job are of one kind.
namespace mll::dist::detail {

/// Appends values to a piece.
class piece_writer {
 public:
  std::vector<std::byte> bytes;

  template <class T>
    requires std::is_trivially_copyable_v<T>
  void put(const T& value) {
    put_all(std::span{&value, 1});
  }
  template <class T>
  void put_all(std::span<const T> values) {
    const auto from = std::as_bytes(values);
    bytes.insert(bytes.end(), from.begin(), from.end());
  }
  /// Behind its length in 4 bytes.
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    put_all(std::span{text.data(), text.size()});
  }
  /// Room for values that are written later.
  /// @return where it begins
  std::size_t reserve(std::size_t count) {
    bytes.resize(bytes.size() + count);
    return bytes.size() - count;
  }
};

/// Reads the values of a piece. Throws: `communication_error` where it ends too early.
class piece_reader {
 public:
  explicit piece_reader(std::span<const std::byte> bytes) : left_{bytes} {}

  template <class T>
    requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T get() {
    T out;
    std::memcpy(&out, take(sizeof out).data(), sizeof out);
    return out;
  }
  /// Reads as many values as there is room for: what `put_all` has written.
  template <class T>
    requires std::is_trivially_copyable_v<T>
  void get_all(std::span<T> to) {
    const auto from = take(to.size_bytes());
    if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
  }
  [[nodiscard]] std::string get_text() {
    const auto text = take(get<std::uint32_t>());
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  }
  [[nodiscard]] std::span<const std::byte> take(std::size_t count) {
    if (count > left_.size()) {
      throw communication_error{"piece of a rank: expected " + std::to_string(count) + " more bytes, found " +
                                std::to_string(left_.size()) + " (do all ranks solve the same task?)"};
    }
    const auto out = left_.first(count);
    left_ = left_.subspan(count);
    return out;
  }
  /// Throws: `communication_error` if there is more.
  void finish() const {
    if (!left_.empty()) {
      throw communication_error{"piece of a rank: expected its end, found " + std::to_string(left_.size()) +
                                " bytes (do all ranks solve the same task?)"};
    }
  }

 private:
  std::span<const std::byte> left_;
};

/// What the ranks have sent to this one: one reader per rank. A piece begins with a byte that says whether
/// the rank has failed; if one has, this throws on all ranks, so that none waits for it.
class received {
 public:
  received(const received&) = delete;
  received& operator=(const received&) = delete;

  /// Behind the first byte.
  [[nodiscard]] piece_reader& operator[](std::size_t rank) { return ranks_[rank]; }
  /// Throws: `communication_error` if some rank sent more than was read.
  void finish() const {
    for (const piece_reader& piece : ranks_) piece.finish();
  }

 protected:
  received() = default;
  ~received() = default;

  /// Calls `work()`. Returns what it threw as text, for the other ranks; `receive` throws it again.
  template <class Work>
  [[nodiscard]] std::optional<std::string> failure_of(const Work& work) {
    try {
      work();
      return std::nullopt;
    } catch (const std::exception& problem) {
      failure_ = std::current_exception();
      return problem.what();
    } catch (...) {
      failure_ = std::current_exception();
      return "an exception that is not a std::exception";
    }
  }
  [[nodiscard]] static piece_writer failed(std::string_view why) {
    piece_writer out;
    out.put(std::uint8_t{1});
    out.put_text(why);
    return out;
  }
  void receive(pieces all) {
    all_ = std::move(all);
    if (failure_) std::rethrow_exception(failure_);
    for (std::size_t rank = 0; rank < all_.size(); ++rank) {
      piece_reader piece{all_[rank]};
      if (piece.get<std::uint8_t>() != 0)
        throw communication_error{"rank " + std::to_string(rank) + ": " + piece.get_text()};
      ranks_.push_back(piece);
    }
  }

 private:
  pieces all_;
  std::vector<piece_reader> ranks_;
  std::exception_ptr failure_;
};

/// Gathers what every rank makes of its share.
class gathered : public received {
 public:
  /// @param[in] work `work(piece_writer&)`
  /// Throws: what `work` throws; `communication_error` with the message of the failing rank.
  template <class Work>
  gathered(communicator_ref comm, const Work& work) {
    piece_writer mine;
    const auto failure = failure_of([&] {
      mine.put(std::uint8_t{0});
      work(mine);
    });
    if (failure) mine = failed(*failure);
    receive(comm.all_gather(mine.bytes));
  }
};

}  // namespace mll::dist::detail
