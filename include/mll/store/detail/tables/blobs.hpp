// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"

/// The blobs of a store: little-endian, without a header; the numbers of heads and samples are in other rows.
/// The checksum of the row covers the blob.
namespace mll::detail {

static_assert(std::endian::native == std::endian::little, "blobs are read without byte swaps");

using blob = std::vector<std::byte>;

[[noreturn]] inline void bad_blob(std::string_view what, const std::string& expected,
                                  const std::string& found) {
  throw parse_error{what, 0, expected, found};
}

/// Names: for each, its length in 4 bytes and its bytes.
[[nodiscard]] inline blob encode_names(std::span<const std::string> names) {
  blob out;
  for (const std::string& name : names) {
    if (name.size() > std::numeric_limits<std::uint32_t>::max())
      throw invalid_argument{"heads", "names shorter than 4 GiB", std::to_string(name.size()) + " bytes"};
    const auto length = static_cast<std::uint32_t>(name.size());
    const auto head = std::as_bytes(std::span{&length, 1});
    out.insert(out.end(), head.begin(), head.end());
    const auto body = std::as_bytes(std::span{name.data(), name.size()});
    out.insert(out.end(), body.begin(), body.end());
  }
  return out;
}

/// Throws: `parse_error` if a name reaches beyond the end, or there is no name.
[[nodiscard]] inline std::vector<std::string> decode_names(std::span<const std::byte> bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    std::uint32_t length = 0;
    if (bytes.size() < sizeof length) bad_blob("names", "4 bytes of length", std::to_string(bytes.size()));
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes = bytes.subspan(sizeof length);
    if (length > bytes.size())
      bad_blob("names", "a name of " + std::to_string(length) + " bytes", std::to_string(bytes.size()));
    out.emplace_back(reinterpret_cast<const char*>(bytes.data()), length);
    bytes = bytes.subspan(length);
  }
  if (out.empty()) bad_blob("names", "at least one", "none");
  return out;
}

/// Mean responses of the heads of a model to the samples of one node, as 4-byte floats.
[[nodiscard]] inline blob encode_means(std::span<const float> means) {
  const auto bytes = std::as_bytes(means);
  return {bytes.begin(), bytes.end()};
}

/// Throws: `parse_error` if the blob has another size or holds a value that labelling cannot produce.
[[nodiscard]] inline std::vector<float> decode_means(std::span<const std::byte> bytes, std::size_t heads) {
  if (bytes.size() % sizeof(float) != 0 || bytes.size() / sizeof(float) != heads)
    bad_blob("statistics", std::to_string(heads) + " floats", std::to_string(bytes.size()) + " bytes");
  std::vector<float> out(heads);
  if (heads != 0) std::memcpy(out.data(), bytes.data(), bytes.size());
  for (const float mean : out) {
    if (!(mean >= 0 && mean <= 1)) bad_blob("statistics", "means in [0, 1]", number_text(mean));
  }
  return out;
}

/// The means in statistics as store versions 1 and 2 wrote them: means, then squared deviations, then hit
/// rates.
[[nodiscard]] inline std::span<const std::byte> means_of_version_2(std::span<const std::byte> bytes) {
  return bytes.first(bytes.size() / 3);
}

/// Responses `[samples, heads]` of a model on one node.
template <class T>
[[nodiscard]] blob encode_responses(const Eigen::Ref<const matrix<T>, 0, Eigen::OuterStride<>>& responses) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto width = static_cast<std::size_t>(responses.cols()) * sizeof(T);
  blob out(static_cast<std::size_t>(responses.rows()) * width);
  for (Eigen::Index r = 0; r < responses.rows() && width != 0; ++r)
    std::memcpy(out.data() + static_cast<std::size_t>(r) * width, responses.row(r).data(), width);
  return out;
}

/// Throws: `parse_error` if the blob has another size.
inline void check_responses(std::span<const std::byte> bytes, std::size_t rows, std::size_t heads,
                            std::size_t width) {
  const std::size_t row = heads * width;  // checked below for overflow
  if (heads == 0 || row / heads != width || bytes.size() % row != 0 || bytes.size() / row != rows)
    bad_blob("responses",
             std::to_string(rows) + " rows of " + std::to_string(heads) + " times " + std::to_string(width) +
                 " bytes",
             std::to_string(bytes.size()) + " bytes");
}

/// Throws: `parse_error` if the blob has another size than `[rows, heads]`.
template <class T>
[[nodiscard]] matrix<T> decode_responses(std::span<const std::byte> bytes, std::size_t rows,
                                         std::size_t heads) {
  static_assert(std::is_trivially_copyable_v<T>);
  check_responses(bytes, rows, heads, sizeof(T));
  matrix<T> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(heads));
  if (!bytes.empty()) std::memcpy(static_cast<void*>(out.data()), bytes.data(), bytes.size());
  return out;
}

}  // namespace mll::detail
