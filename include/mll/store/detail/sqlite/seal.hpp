// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <xxhash.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace mll::detail {

/// The checksum of a row: XXH3 (64 bits) over the name of the table and all values of the row, including the
/// key, each with its type and length. It detects changed and misplaced values.
class seal {
 public:
  seal() : state_{XXH3_createState()} {
    if (state_ == nullptr) throw std::bad_alloc{};
  }

  /// Starts a row.
  void begin(std::string_view table) {
    XXH3_64bits_reset(state_.get());
    add(table);
  }
  void add(std::int64_t value) { number(1, std::bit_cast<std::uint64_t>(value)); }
  void add(double value) { number(2, std::bit_cast<std::uint64_t>(value)); }
  void add(std::string_view text) { bytes(3, text.data(), text.size()); }
  void add(std::span<const std::byte> data) { bytes(4, data.data(), data.size()); }
  /// The checksum, as SQLite stores it.
  [[nodiscard]] std::int64_t value() const {
    return std::bit_cast<std::int64_t>(XXH3_64bits_digest(state_.get()));
  }

 private:
  void number(unsigned char kind, std::uint64_t value) {
    std::array<unsigned char, 9> out{kind};
    for (std::size_t i = 0; i < 8; ++i) out[i + 1] = static_cast<unsigned char>(value >> (8 * i));
    XXH3_64bits_update(state_.get(), out.data(), out.size());
  }
  void bytes(unsigned char kind, const void* data, std::size_t size) {
    number(kind, size);
    if (size != 0) XXH3_64bits_update(state_.get(), data, size);
  }

  struct release {
    void operator()(XXH3_state_t* state) const noexcept { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, release> state_;
};

}  // namespace mll::detail
