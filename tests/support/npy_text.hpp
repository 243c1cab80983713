// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The bytes of `.npy` files, well-formed or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mll::test {

inline std::string npy_text(const std::string& dictionary, const std::string& data = "",
                            std::uint8_t version = 1) {
  std::string out = std::string{"\x93NUMPY"} + static_cast<char>(version) + '\0';
  for (std::size_t i = 0; i < (version == 1 ? 2U : 4U); ++i)
    out += static_cast<char>(dictionary.size() >> (8 * i));
  return out + dictionary + data;
}

}  // namespace mll::test
