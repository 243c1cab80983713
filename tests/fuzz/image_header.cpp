// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The header of an image file: format, size, transparency; and whether a JPEG file has its end.

#include "mll/label/representation/detail/image_header.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (const auto header = mll::detail::image_header::read(bytes)) {
    mll::test::must_hold(header->width > 0 && header->height > 0, "an image has a size");
    mll::test::must_hold(!header->transparent_grey || *header->transparent_grey >= 0,
                         "a grey value is not negative");
  }
  if (mll::detail::jpeg_segments{bytes}.has_end())
    mll::test::must_hold(bytes.find("\xFF\xD9") != std::string_view::npos, "an end is a marker of the file");
  return 0;
}
