// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace mll {

/// A change of samples that stands for samples from elsewhere, such as blur for images.
///
/// The same sample and seed must give the same result. Ready sets: `image_distortions`, `text_distortions`,
/// `vector_distortions`.
///
/// @code
/// const mll::distortion<std::string> shouting{"capitals", [](const std::string& text, std::uint64_t) {
///   std::string out = text;
///   for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
///   return out;
/// }};
/// @endcode
///
/// @tparam Sample the sample type of the hub
template <class Sample>
struct distortion {
  std::string name;
  std::function<Sample(const Sample&, std::uint64_t seed)> apply;
};

}  // namespace mll
