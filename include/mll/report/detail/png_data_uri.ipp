// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/crc.hpp>
#include <cmath>

#include "mll/report/detail/png_data_uri.hpp"

namespace mll::detail {

inline void append_big_endian(std::string& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>((value >> shift) & 0xFFU);
}

MLL_LOCAL void append_chunk(std::string& out, std::string_view name, std::string_view data) {
  append_big_endian(out, static_cast<std::uint32_t>(data.size()));
  const std::string body = std::string{name} + std::string{data};
  out += body;
  boost::crc_32_type checksum;
  checksum.process_bytes(body.data(), body.size());
  append_big_endian(out, static_cast<std::uint32_t>(checksum.checksum()));
}

/// Bits of a deflate stream, the lowest first.
struct bit_writer {
  std::string bytes;
  std::uint32_t open = 0;
  unsigned count = 0;

  void put(std::uint32_t value, unsigned bits) {
    open |= value << count;
    for (count += bits; count >= 8; count -= 8, open >>= 8U) bytes += static_cast<char>(open & 0xFFU);
  }
  /// A Huffman code, whose first bit is the highest.
  void code(std::uint32_t value, unsigned bits) {
    while (bits-- > 0) put((value >> bits) & 1U, 1);
  }
  /// A literal or length of the fixed code.
  void symbol(std::uint32_t value) {
    if (value < 144) {
      code(0x30 + value, 8);
    } else if (value < 256) {
      code(0x190 + value - 144, 9);
    } else if (value < 280) {
      code(value - 256, 7);
    } else {
      code(0xC0 + value - 280, 8);
    }
  }
};

/// zlib's format, in one block with the fixed code; runs of a byte are copies at distance 1.
MLL_LOCAL std::string deflate_runs(std::string_view data) {
  bit_writer out;
  out.bytes = "\x78\x01";
  out.put(1, 1);
  out.put(1, 2);
  for (std::size_t at = 0; at < data.size();) {
    std::size_t run = 1;
    while (at + run < data.size() && data[at + run] == data[at] && run < 11) ++run;
    out.symbol(static_cast<std::uint8_t>(data[at]));
    if (run >= 4) {  // the lengths 3 to 10 have symbols of their own: 257 to 264
      out.symbol(static_cast<std::uint32_t>(257 + run - 1 - 3));
      out.code(0, 5);
      at += run;
    } else {
      ++at;
    }
  }
  out.symbol(256);
  if (out.count > 0) out.put(0, 8 - out.count);
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : data) {
    a = (a + static_cast<std::uint8_t>(c)) % 65521;
    b = (b + a) % 65521;
  }
  append_big_endian(out.bytes, (b << 16U) | a);
  return std::move(out.bytes);
}

MLL_LOCAL std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i)
      three = (three << 8U) | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i <= bytes.size() ? digits[(three >> (18U - 6U * i)) & 0x3FU] : '=';
  }
  return out;
}

MLL_DEFINE std::string image_data_uri(std::string_view bytes) {
  const std::string_view type = bytes.starts_with("\x89PNG\r\n\x1A\n") ? "png"
                                : bytes.starts_with("\xFF\xD8\xFF")    ? "jpeg"
                                                                       : "";
  if (type.empty()) return {};
  return "data:image/" + std::string{type} + ";base64," + base64(bytes);
}

MLL_DEFINE std::string png_data_uri(std::span<const std::uint8_t> levels, std::size_t width,
                                    std::array<std::uint8_t, 3> color) {
  const std::size_t height = width == 0 ? 0 : levels.size() / width;
  std::string header;
  append_big_endian(header, static_cast<std::uint32_t>(width));
  append_big_endian(header, static_cast<std::uint32_t>(height));
  header += std::string{"\x04\x03\x00\x00\x00", 5};  // 4 bits, palette
  std::string palette;
  std::string opacity;
  for (int level = 0; level < 16; ++level) {
    for (const std::uint8_t part : color) palette += static_cast<char>(part);
    opacity += static_cast<char>(static_cast<std::uint8_t>(std::lround(255 * std::pow(level / 15.0, 1.5))));
  }
  std::string rows;
  for (std::size_t r = 0; r < height; ++r) {
    rows += '\0';  // no filter
    for (std::size_t c = 0; c < width; c += 2) {
      const unsigned high = levels[r * width + c] & 0xFU;
      const unsigned low = c + 1 < width ? levels[r * width + c + 1] & 0xFU : 0U;
      rows += static_cast<char>((high << 4U) | low);
    }
  }
  std::string png{"\x89PNG\r\n\x1A\n"};
  append_chunk(png, "IHDR", header);
  append_chunk(png, "PLTE", palette);
  append_chunk(png, "tRNS", opacity);
  append_chunk(png, "IDAT", deflate_runs(rows));
  append_chunk(png, "IEND", "");
  return image_data_uri(png);
}

}  // namespace mll::detail
