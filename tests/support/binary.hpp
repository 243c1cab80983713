// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Binary files written by hand.
#pragma once

#include <array>
#include <bit>
#include <string>

namespace mll::test {

/// Numbers as they stand in memory, one behind the other.
template <class... T>
std::string bytes_of(T... values) {
  std::string out;
  const auto append = [&](auto value) {
    const auto bytes = std::bit_cast<std::array<char, sizeof(value)>>(value);
    out.append(bytes.begin(), bytes.end());
  };
  (append(values), ...);
  return out;
}

}  // namespace mll::test
