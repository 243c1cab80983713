// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/crc64.hpp"

#include <doctest/doctest.h>

TEST_CASE("the CRC-64 is that of xz") {
  CHECK(mll::detail::crc64("123456789") == 0x995dc9bbdf1939faU);
  CHECK(mll::detail::crc64("") == 0);
  CHECK(mll::detail::crc64("This is a test of the emergency broadcast system.") == 0x27db187fc15bbc72U);
  mll::detail::crc64_sum sum;
  sum.process_bytes("12345", 5);
  sum.process_bytes("6789", 4);
  CHECK(sum.checksum() == mll::detail::crc64("123456789"));
}
