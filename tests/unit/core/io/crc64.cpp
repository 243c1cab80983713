#include "mll/core/io/crc64.hpp"

#include <doctest/doctest.h>

TEST_CASE("the CRC-64 is that of xz") {
  CHECK(mll::detail::crc64("123456789") == 0x995dc9bbdf1939faU);
  CHECK(mll::detail::crc64("") == 0);
  CHECK(mll::detail::crc64("This is a test of the emergency broadcast system.") == 0x27db187fc15bbc72U);
  CHECK(mll::detail::crc64("6789", mll::detail::crc64("12345")) == mll::detail::crc64("123456789"));
}
