// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mll::detail {

/// What the first bytes of an image file say: format, size, transparency. For BMP, JPEG, JPEG 2000, PBM, PGM,
/// PNG, PPM, TIFF and WebP. Nothing is decoded.
struct image_header {
  enum class format { bmp, jpeg, jpeg_2000, pnm, png, tiff, webp };

  format kind{};
  std::uint64_t width = 0;  ///< as stored: a file may ask to be turned
  std::uint64_t height = 0;
  bool has_alpha = false;
  std::size_t bytes_per_value = 1;        ///< of PNG and TIFF
  bool is_premultiplied = false;          ///< colours are multiplied by alpha (TIFF)
  std::optional<int> transparent_grey{};  ///< of a grey PNG: this value, of 0 to 255, is transparent

  /// The header of a file with these contents; nothing if it is of another format or cut off.
  [[nodiscard]] static std::optional<image_header> read(std::string_view bytes);
};

/// Numbers in the bytes of a file; 0 beyond its end.
struct image_bytes {
  std::string_view bytes;

  [[nodiscard]] bool has(std::size_t at, std::string_view text) const {
    return at < bytes.size() && bytes.substr(at).starts_with(text);
  }
  [[nodiscard]] std::uint64_t big(std::size_t at, std::size_t width) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < width; ++i) out = out << 8U | byte(at + i);
    return out;
  }
  [[nodiscard]] std::uint64_t little(std::size_t at, std::size_t width) const {
    std::uint64_t out = 0;
    for (std::size_t i = width; i > 0; --i) out = out << 8U | byte(at + i - 1);
    return out;
  }
  [[nodiscard]] std::uint64_t byte(std::size_t at) const {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
  }
};

/// The segments of a JPEG file up to one with the size of the image, or to the end of the image.
class jpeg_segments {
 public:
  explicit jpeg_segments(std::string_view bytes) : in_{bytes} {}

  /// The size of the image; zeros if there is none.
  void read_size(image_header& out) {
    while (next()) {
      const bool is_frame =
          marker_ >= 0xC0 && marker_ <= 0xCF && marker_ != 0xC4 && marker_ != 0xC8 && marker_ != 0xCC;
      if (!is_frame) continue;
      out.height = in_.big(segment_ + 3, 2);
      out.width = in_.big(segment_ + 5, 2);
      return;
    }
  }
  /// Whether the file has the end of its image: decoders fill what is cut off with grey, without an error.
  [[nodiscard]] bool has_end() {
    while (next()) {
    }
    return marker_ == 0xD9;
  }

 private:
  /// Advances to the next segment; false at the end of the image or of the file.
  bool next() {
    for (;;) {
      at_ = in_.bytes.find('\xFF', at_);
      if (at_ >= in_.bytes.size()) {
        marker_ = 0;
        return false;
      }
      while (in_.byte(at_) == 0xFF) ++at_;
      marker_ = in_.byte(at_++);
      // 0 is an escaped byte of the pixels; D0 to D7 stand between them; D8 is the start.
      if (marker_ == 0 || marker_ == 1 || (marker_ >= 0xD0 && marker_ <= 0xD8)) continue;
      if (marker_ == 0xD9) return false;
      segment_ = at_;
      at_ += std::max<std::size_t>(2, static_cast<std::size_t>(in_.big(at_, 2)));
      return true;
    }
  }

  image_bytes in_;
  std::size_t at_ = 0;
  std::size_t segment_ = 0;
  std::uint64_t marker_ = 0;
};

inline void read_png_header(const image_bytes& in, image_header& out) {
  out.width = in.big(16, 4);
  out.height = in.big(20, 4);
  const auto depth = in.byte(24);
  const auto colour = in.byte(25);
  out.has_alpha = colour == 4 || colour == 6;
  out.bytes_per_value = depth > 8 ? 2 : 1;
  for (std::size_t chunk = 8; chunk + 8 < in.bytes.size() && !in.has(chunk + 4, "IDAT");) {
    if (in.has(chunk + 4, "tRNS")) {
      out.has_alpha = true;
      const auto value = in.big(chunk + 8, 2);
      if (colour == 0 && depth != 0 && depth <= 8)
        out.transparent_grey = static_cast<int>(value * 255 / ((1U << depth) - 1));
      if (colour == 0 && depth == 16) out.transparent_grey = static_cast<int>(value >> 8U);
    }
    chunk += 12 + static_cast<std::size_t>(in.big(chunk, 4));
  }
}

/// Width and height are the first two numbers after the magic one; `#` begins a comment.
inline void read_pnm_header(const image_bytes& in, image_header& out) {
  std::string_view rest = in.bytes.substr(2);
  for (std::uint64_t* value : {&out.width, &out.height}) {
    for (;;) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
      if (!rest.starts_with('#')) break;
      rest.remove_prefix(std::min(rest.find('\n'), rest.size()));
    }
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), *value);
    if (failure != std::errc{}) return;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  }
}

/// TIFF, and BigTIFF with its wider fields: the first folder of entries { tag, type, count, value }.
inline void read_tiff_header(const image_bytes& in, image_header& out) {
  const bool is_little = in.byte(0) == 'I';
  const auto number = [&](std::size_t at, std::size_t width) {
    return is_little ? in.little(at, width) : in.big(at, width);
  };
  const bool is_large = number(2, 2) == 43;
  const auto folder = static_cast<std::size_t>(is_large ? number(8, 8) : number(4, 4));
  if (folder >= in.bytes.size()) return;
  const auto count = static_cast<std::size_t>(is_large ? number(folder, 8) : number(folder, 2));
  const std::size_t size = is_large ? 20 : 12;
  std::size_t entry = folder + (is_large ? 8 : 2);
  bool is_rgb = false;
  bool is_said = false;  // what the samples beyond three are
  std::uint64_t samples = 0;
  for (std::size_t i = 0; i < count && entry + size <= in.bytes.size(); ++i, entry += size) {
    const auto tag = number(entry, 2);
    const auto value = number(entry + (is_large ? 12 : 8), number(entry + 2, 2) == 3 ? 2 : 4);
    if (tag == 258) {  // bits of each sample: in place of the value if they fit
      const auto values = number(entry + 4, is_large ? 8 : 4);
      const auto elsewhere = static_cast<std::size_t>(number(entry + (is_large ? 12 : 8), is_large ? 8 : 4));
      const auto bits = values > (is_large ? 4U : 2U) ? number(elsewhere, 2) : value;
      out.bytes_per_value = static_cast<std::size_t>(std::clamp<std::uint64_t>(bits / 8, 1, 8));
    }
    if (tag == 262) is_rgb = value == 2;
    if (tag == 277) samples = value;
    if (tag == 256) out.width = value;
    if (tag == 257) out.height = value;
    if (tag == 338) {
      is_said = true;
      out.has_alpha = value == 1 || value == 2;
      out.is_premultiplied = value == 1;
    }
  }
  if (is_rgb && samples == 4 && !is_said) out.has_alpha = true;
}

inline void read_webp_header(const image_bytes& in, image_header& out) {
  if (in.has(12, "VP8X")) {
    out.has_alpha = (in.byte(20) & 0x10U) != 0;
    out.width = in.little(24, 3) + 1;
    out.height = in.little(27, 3) + 1;
  } else if (in.has(12, "VP8L")) {
    const auto bits = in.little(21, 4);
    out.width = (bits & 0x3FFFU) + 1;
    out.height = (bits >> 14U & 0x3FFFU) + 1;
    out.has_alpha = (bits >> 28U & 1U) != 0;
  } else if (in.has(12, "VP8 ")) {
    out.width = in.little(26, 2) & 0x3FFFU;
    out.height = in.little(28, 2) & 0x3FFFU;
  }
}

/// A codestream, or boxes { size, type, content } of which `jp2h` holds `ihdr`.
inline void read_jpeg_2000_header(const image_bytes& in, image_header& out) {
  if (in.has(0, "\xFF\x4F")) {
    out.width = in.big(8, 4) - std::min(in.big(8, 4), in.big(16, 4));
    out.height = in.big(12, 4) - std::min(in.big(12, 4), in.big(20, 4));
    out.has_alpha = in.big(40, 2) == 4;
    return;
  }
  for (std::size_t box = 0; box + 8 < in.bytes.size();) {
    if (in.has(box + 4, "ihdr")) {
      out.height = in.big(box + 8, 4);
      out.width = in.big(box + 12, 4);
      out.has_alpha = in.big(box + 16, 2) == 4;
      return;
    }
    box += in.has(box + 4, "jp2h") ? 8 : std::max<std::size_t>(8, static_cast<std::size_t>(in.big(box, 4)));
  }
}

inline std::optional<image_header> image_header::read(std::string_view bytes) {
  using namespace std::string_view_literals;
  const image_bytes in{bytes};
  image_header out;
  if (in.has(0, "\xFF\xD8\xFF")) {
    out.kind = format::jpeg;
    jpeg_segments{bytes}.read_size(out);
  } else if (in.has(0, "\x89PNG\r\n\x1A\n")) {
    out.kind = format::png;
    read_png_header(in, out);
  } else if (in.has(0, "BM")) {
    out.kind = format::bmp;
    const std::size_t width = in.little(14, 4) == 12 ? 2 : 4;
    out.width = in.little(18, width);
    out.height = in.little(18 + width, width);
    if (width == 4 && out.height >> 31U != 0)
      out.height = (std::uint64_t{1} << 32U) - out.height;  // from the top
  } else if (bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6') {
    out.kind = format::pnm;
    read_pnm_header(in, out);
  } else if (in.has(0, "II*\0"sv) || in.has(0, "MM\0*"sv) || in.has(0, "II+\0"sv) || in.has(0, "MM\0+"sv)) {
    out.kind = format::tiff;
    read_tiff_header(in, out);
  } else if (in.has(0, "RIFF") && in.has(8, "WEBP")) {
    out.kind = format::webp;
    read_webp_header(in, out);
  } else if (in.has(4, "jP  ") || in.has(0, "\xFF\x4F\xFF\x51")) {
    out.kind = format::jpeg_2000;
    read_jpeg_2000_header(in, out);
  }
  if (out.width == 0 || out.height == 0) return std::nullopt;
  return out;
}

}  // namespace mll::detail
