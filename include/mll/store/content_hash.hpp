// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <xxhash.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/hex_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"

namespace mll {

/// A 128-bit hash (XXH3) that detects changes of files and samples; not cryptographic. Component
/// `mll::sqlite`.
///
/// The boundaries of values count: `add("ab").add("c")` differs from `add("a").add("bc")`. The same on every
/// platform.
class content_hash {
 public:
  content_hash() : state_{XXH3_createState()} {
    if (state_ == nullptr) throw std::bad_alloc{};
    XXH3_128bits_reset(state_.get());
  }

  /// Adds bytes and their number.
  content_hash& add(std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i < length_.size(); ++i)
      length_[i] = static_cast<unsigned char>(bytes.size() >> (8 * i));
    XXH3_128bits_update(state_.get(), length_.data(), length_.size());
    XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
    return *this;
  }
  content_hash& add(std::string_view text) { return add(std::as_bytes(std::span{text.data(), text.size()})); }

  /// The hash as 32 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return detail::hex_text(hash.high64, 16) + detail::hex_text(hash.low64, 16);
  }

  /// The hash of a regular file. Throws: `parse_error` if it is another kind of file or cannot be read.
  /// Memory: 1 MiB.
  [[nodiscard]] static std::string of_file(const std::filesystem::path& file) {
    if (const std::string problem = detail::why_not_regular(file); !problem.empty())
      throw parse_error{file.string(), 0, "a readable file", problem};
    std::ifstream stream{file, std::ios::binary};
    if (!stream) throw parse_error{file.string(), 0, "a readable file", "one that cannot be opened"};
    content_hash out;
    std::vector<char> block(std::size_t{1} << 20U);
    do {
      stream.read(block.data(), static_cast<std::streamsize>(block.size()));
      const auto count = static_cast<std::size_t>(stream.gcount());
      if (count != 0) out.add(std::string_view{block.data(), count});
    } while (stream);
    if (stream.bad()) throw parse_error{file.string(), 0, "a readable file", "a read error"};
    return out.text();
  }

 private:
  struct release {
    void operator()(XXH3_state_t* state) const noexcept { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, release> state_;
  std::array<unsigned char, 8> length_{};
};

}  // namespace mll
