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
  constexpr auto table = [] {
    std::array<std::uint64_t, 256> out{};
    for (std::uint64_t i = 0; i < out.size(); ++i) {
      std::uint64_t rest = i;
      for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xc96c5795d7870f42U : 0U);
      out[i] = rest;
    }
    return out;
  }();
  std::uint64_t out = ~before;
  for (const char byte : bytes) out = table[(out ^ static_cast<unsigned char>(byte)) & 255U] ^ (out >> 8U);
  return ~out;
}

}  // namespace mll::detail
