// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string_view>

namespace mll::detail {

/// CRC-64/XZ (polynomial of ECMA-182, reflected): detects every change within 64 consecutive bits, and any
/// other change with probability 1 - 2^-64. Not cryptographic. For bytes that come in pieces.
using crc64_sum =
    boost::crc_optimal<64, 0x42f0e1eba9ea3693U, ~std::uint64_t{0}, ~std::uint64_t{0}, true, true>;

/// The CRC-64/XZ of some bytes.
[[nodiscard]] inline std::uint64_t crc64(std::string_view bytes) {
  crc64_sum sum;
  sum.process_bytes(bytes.data(), bytes.size());
  return sum.checksum();
}

}  // namespace mll::detail
