// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mll::detail {

/// CRC-64/XZ (polynomial of ECMA-182, reflected): detects every change within 64 consecutive bits, and any
/// other change with probability 1 - 2^-64. Not cryptographic.
/// @param[in] before of the bytes before these, to compute it in pieces
[[nodiscard]] constexpr std::uint64_t crc64(std::string_view bytes, std::uint64_t before = 0) noexcept {
  // table[k][b]: the effect of byte b with k bytes behind it.
  constexpr auto table = [] {
    std::array<std::array<std::uint64_t, 256>, 8> out{};
    for (std::uint64_t b = 0; b < 256; ++b) {
      std::uint64_t rest = b;
      for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xc96c5795d7870f42U : 0U);
      out[0][b] = rest;
    }
    for (std::size_t k = 1; k < 8; ++k) {
      for (std::size_t b = 0; b < 256; ++b) out[k][b] = out[0][out[k - 1][b] & 255U] ^ (out[k - 1][b] >> 8U);
    }
    return out;
  }();
  const auto byte_at = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])}; };
  std::uint64_t out = ~before;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    for (std::size_t k = 0; k < 8; ++k) out ^= byte_at(at + k) << (8 * k);
    std::uint64_t next = 0;
    for (std::size_t k = 0; k < 8; ++k) next ^= table[7 - k][(out >> (8 * k)) & 255U];
    out = next;
  }
  for (; at < bytes.size(); ++at) out = table[0][(out ^ byte_at(at)) & 255U] ^ (out >> 8U);
  return ~out;
}

}  // namespace mll::detail
