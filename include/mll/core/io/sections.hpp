// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/crc64.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/values.hpp"

/// Files of tagged sections, the frame of `docs/format.md`: 8 bytes that name the format, version and number
/// of sections in 4 bytes each; the sections; and the CRC-64 of all bytes before it in 8 bytes. A section is
/// a tag of 4 characters, flags in 4 bytes, its length in 8 bytes, and its content.
namespace mll::detail {

/// Identifies a format and the version that is written.
struct section_format {
  std::string_view magic;  ///< 8 bytes
  std::string_view name;   ///< for error messages, "a selection"
  std::uint32_t version = 1;
};

/// A section that a reader must understand; others are skipped by readers that do not know them.
inline constexpr std::uint32_t required_section = 1;

/// Collects sections.
class section_writer {
 public:
  explicit section_writer(const section_format& format) {
    bytes_ = format.magic;
    value_writer head;
    head(format.version, std::uint32_t{0});
    bytes_ += head.bytes;
  }

  /// @param[in] flags `required_section`, or 0
  void add(std::string_view tag, std::uint32_t flags, std::string_view content) {
    bytes_ += tag;
    value_writer head;
    head(flags, static_cast<std::uint64_t>(content.size()));
    bytes_ += head.bytes;
    bytes_ += content;
    ++count_;
  }
  /// The whole file.
  [[nodiscard]] std::string finish() && {
    value_writer count;
    count(count_);
    bytes_.replace(12, count.bytes.size(), count.bytes);
    value_writer sum;
    sum(crc64(bytes_));
    bytes_ += sum.bytes;
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  std::uint32_t count_ = 0;
};

/// Reads the frame of a file and finds its sections.
class section_reader {
 public:
  /// Throws: `parse_error` naming the file if it is of another format or of a later version, is cut off, or
  /// its checksum does not match.
  section_reader(const file_bytes& file, const section_format& format) : file_{&file} {
    const auto expected = [&](std::string_view what, std::string_view found) {
      return parse_error{file.name, 0, what, found};
    };
    byte_parser in{file};
    if (!file.content.starts_with(format.magic))
      throw expected(format.name, file.content.empty() ? "an empty file" : "another kind of file");
    in.skip(format.magic.size(), "the format");
    const auto version = in.number<std::uint32_t>("the version");
    if (version == 0 || version > format.version) {
      throw expected(
          std::string{format.name} + " of version 1 to " + std::to_string(format.version),
          "version " + std::to_string(version) + (version == 0 ? "" : ", written by a later version of mll"));
    }
    const auto count = in.number<std::uint32_t>("the number of sections");
    for (std::uint32_t i = 0; i < count; ++i) {
      section each;
      each.tag = in.bytes(4, "the tag of a section");
      each.flags = in.number<std::uint32_t>("the flags of a section");
      const auto length = in.number<std::uint64_t>("the length of a section");
      each.content = in.bytes(length, "a section");
      for (const section& other : sections_) {
        if (other.tag == each.tag) in.reject("every section once", "'" + std::string{each.tag} + "' again");
      }
      sections_.push_back(each);
    }
    const std::size_t end = in.position();
    const auto sum = in.number<std::uint64_t>("the checksum");
    if (in.left() != 0) in.fail("the end of the file", std::to_string(in.left()) + " bytes");
    if (sum != crc64(file.content.substr(0, end)))
      throw expected("the checksum of its content", "another one: the file is damaged");
  }

  /// Reads a section: calls `read(value_reader&)`, which must use all of it. @return whether it is there
  template <class Read>
  bool find(std::string_view tag, const Read& read) {
    for (section& each : sections_) {
      if (each.tag != tag) continue;
      each.is_known = true;
      const file_bytes content{file_->name + ", section " + std::string{tag}, each.content, nullptr};
      value_reader in{content};
      read(in);
      in.finish();
      return true;
    }
    return false;
  }
  /// The same. Throws: `parse_error` if the section is missing.
  template <class Read>
  void require(std::string_view tag, const Read& read) {
    if (!find(tag, read)) throw parse_error{file_->name, 0, "section '" + std::string{tag} + "'", "none"};
  }
  /// Throws: `parse_error` if there is a section that must be understood and was not asked for.
  void finish() const {
    for (const section& each : sections_) {
      if (!each.is_known && (each.flags & required_section) != 0) {
        throw parse_error{file_->name, 0, "sections that this version of mll knows",
                          "'" + std::string{each.tag} + "', which it must know"};
      }
    }
  }

 private:
  struct section {
    std::string_view tag = {};
    std::uint32_t flags = 0;
    std::string_view content = {};
    bool is_known = false;
  };

  const file_bytes* file_;
  std::vector<section> sections_;
};

}  // namespace mll::detail
