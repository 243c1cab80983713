// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"

namespace mll::detail {

/// A picture of one colour in 16 levels of opacity, as a `data:` URI of a PNG: legible on light and dark
/// backgrounds.
///
/// @param[in] levels `[height, width]`: opacity of each pixel, 0 to 15
/// @param[in] color  red, green, blue
/// Complexity: O(pixels); the text has two thirds of a byte per pixel, or less where a row repeats itself.
MLL_DECLARE [[nodiscard]] std::string png_data_uri(std::span<const std::uint8_t> levels, std::size_t width,
                                                   std::array<std::uint8_t, 3> color);

/// The bytes of a PNG or JPEG file as a `data:` URI; empty for others.
MLL_DECLARE [[nodiscard]] std::string image_data_uri(std::string_view bytes);

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/report/detail/png_data_uri.ipp"
#endif
