// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/crc64.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/label/io/detail/zip_archive.hpp"

/// The archive of a packed task. Members are stored, not compressed: weights hardly shrink, and then no
/// archive unpacks to more than its own size.
namespace mll::detail {

inline constexpr std::string_view manifest_member = "manifest.json";
inline constexpr std::string_view selection_member = "selection.mllsel";
inline constexpr std::string_view expert_folder = "experts/";
inline constexpr std::string_view licence_folder = "licences/";
inline constexpr std::uint64_t max_manifest_bytes = std::uint64_t{16} << 20U;

/// The folder of the i-th expert: files such as `config.json` describe the only model of their folder.
[[nodiscard]] inline std::string folder_of_expert(std::size_t i) {
  return std::string{expert_folder} + std::to_string(i) + "/";
}

/// Whether a member may have this name: one of the two files, or a plain file name in the folder of an expert
/// or of the licences, so that unpacking writes nowhere else.
[[nodiscard]] inline bool is_task_member(std::string_view name) {
  if (name == manifest_member || name == selection_member) return true;
  for (const std::string_view folder : {expert_folder, licence_folder}) {
    if (!name.starts_with(folder)) continue;
    name.remove_prefix(folder.size());
    if (folder == expert_folder) {
      const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
      if (digits == 0 || digits > 9 || digits == name.size() || name[digits] != '/') return false;
      name.remove_prefix(digits + 1);
    }
    return !name.empty() && name.size() <= 255 && name != "." && name != ".." && is_valid_utf8(name) &&
           std::none_of(name.begin(), name.end(),
                        [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 32; });
  }
  return false;
}

/// What a member holds.
struct member_content {
  std::uint64_t bytes = 0;
  std::uint64_t crc64 = 0;

  friend bool operator==(const member_content&, const member_content&) = default;
};

[[nodiscard]] inline member_content content_of_file(const std::filesystem::path& file) {
  if (const std::string problem = why_not_regular(file); !problem.empty())
    throw parse_error{file.string(), 0, "a readable file", problem};
  std::ifstream stream{file, std::ios::binary};
  if (!stream) throw parse_error{file.string(), 0, "a readable file", "one that cannot be opened"};
  member_content out;
  crc64_sum sum;
  std::vector<char> block(std::size_t{1} << 18U);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    const std::string_view read{block.data(), static_cast<std::size_t>(stream.gcount())};
    out.bytes += read.size();
    sum.process_bytes(read.data(), read.size());
  }
  if (stream.bad()) throw parse_error{file.string(), 0, "a readable file", "a read error"};
  out.crc64 = sum.checksum();
  return out;
}

/// An archive that is being written; nothing is at its place before `finish`.
class task_archive_writer {
 public:
  explicit task_archive_writer(const std::filesystem::path& file) : file_{file} {
    int code = 0;
    zip_.reset(zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!zip_) throw error{"cannot write " + file.string() + ": " + zip_reason(code)};
  }
  /// @param[in] content must live until `finish`
  void add(const std::string& name, std::string_view content) {
    add(name, zip_source_buffer(zip_.get(), content.data(), content.size(), 0));
  }
  void add_file(const std::string& name, const std::filesystem::path& file) {
    add(name, zip_source_file(zip_.get(), file.c_str(), 0, -1));
  }
  void finish() {
    if (zip_close(zip_.get()) != 0) throw failed();
    static_cast<void>(zip_.release());
  }

 private:
  [[nodiscard]] error failed() const {
    return error{"cannot write " + file_.string() + ": " + zip_strerror(zip_.get())};
  }
  void add(const std::string& name, zip_source_t* source) {
    if (source == nullptr) throw failed();
    const auto at = zip_file_add(zip_.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
      zip_source_free(source);
      throw failed();
    }
    const auto index = static_cast<zip_uint64_t>(at);
    // The same bytes for the same task, whenever it is packed: the first moment that zip knows.
    constexpr zip_uint16_t first_day = (1U << 5U) | 1U;
    if (zip_set_file_compression(zip_.get(), index, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(zip_.get(), index, 0, first_day, 0) != 0)
      throw failed();
  }

  std::filesystem::path file_;
  std::unique_ptr<zip_t, zip_discarder> zip_;
};

/// An archive that is read. Nothing is unpacked before its list of members has been checked.
class task_archive {
 public:
  /// Throws: `parse_error` naming archive and member if it is not an archive, or a member has a name that is
  /// not allowed or is there twice, is compressed or encrypted, or claims more bytes than the archive has.
  explicit task_archive(const std::filesystem::path& file) : path_{file.string()} {
    if (const std::string problem = why_not_regular(file); !problem.empty())
      throw parse_error{path_, 0, "a readable file", problem};
    int code = 0;
    zip_.reset(zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
    if (!zip_) throw parse_error{path_, 0, "a packed task (a complete zip archive)", zip_reason(code)};
    std::uint64_t left = std::filesystem::file_size(file);
    const auto count = static_cast<std::uint64_t>(zip_get_num_entries(zip_.get(), 0));
    for (std::uint64_t i = 0; i < count; ++i) {
      zip_stat_t found;
      constexpr zip_uint64_t needed =
          ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
      if (zip_stat_index(zip_.get(), i, 0, &found) != 0 || (found.valid & needed) != needed)
        throw parse_error{path_, 0, "members with name and size", "one without"};
      const std::string name = found.name;
      if (!is_task_member(name))
        throw parse_error{path_, 0, "members of a packed task only", "'" + name + "'"};
      if (found.comp_method != ZIP_CM_STORE || found.encryption_method != ZIP_EM_NONE)
        throw parse_error{path_ + "/" + name, 0, "a stored member", "a compressed or encrypted one"};
      if (found.size > left)
        throw parse_error{path_ + "/" + name, 0, "at most the bytes of the archive",
                          std::to_string(found.size) + " bytes"};
      left -= found.size;
      if (!members_.emplace(name, member{i, found.size}).second)
        throw parse_error{path_, 0, "every member once", "'" + name + "' again"};
    }
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, where] : members_) out.push_back(name);
    return out;
  }

  /// Reads a small member. Throws: `parse_error` naming it if it is missing, larger, or damaged.
  [[nodiscard]] std::string text(std::string_view name, std::uint64_t max_bytes) const {
    std::string out;
    if (const member& found = at(name); found.size > max_bytes)
      throw parse_error{path_ + "/" + std::string{name}, 0, "at most " + std::to_string(max_bytes) + " bytes",
                        std::to_string(found.size)};
    read(name, [&](std::string_view part) { out += part; });
    return out;
  }
  /// Unpacks a member to a file. Throws: `parse_error` naming it unless it has this content; `error` if the
  /// file cannot be written.
  void unpack(std::string_view name, const member_content& expected, const std::filesystem::path& to) const {
    std::ofstream out{to, std::ios::binary};
    check(name, expected,
          [&](std::string_view part) { out.write(part.data(), static_cast<std::streamsize>(part.size())); });
    out.close();
    if (!out) throw error{"cannot write " + to.string()};
  }
  /// Throws: `parse_error` naming the member unless it has this content.
  template <class Take>
  void check(std::string_view name, const member_content& expected, const Take& take) const {
    member_content found;
    crc64_sum sum;
    read(name, [&](std::string_view part) {
      found.bytes += part.size();
      sum.process_bytes(part.data(), part.size());
      take(part);
    });
    found.crc64 = sum.checksum();
    if (found != expected)
      throw parse_error{path_ + "/" + std::string{name}, 0, "the content that the manifest names",
                        "other content"};
  }

 private:
  struct member {
    std::uint64_t index;
    std::uint64_t size;
  };

  [[nodiscard]] const member& at(std::string_view name) const {
    const auto found = members_.find(name);
    if (found == members_.end()) throw parse_error{path_, 0, "member '" + std::string{name} + "'", "none"};
    return found->second;
  }
  template <class Take>
  void read(std::string_view name, const Take& take) const {
    const member& from = at(name);
    const auto broken = [&](const std::string& found) {
      return parse_error{path_ + "/" + std::string{name}, 0,
                         "a member of " + std::to_string(from.size) + " bytes", found};
    };
    const std::unique_ptr<zip_file_t, zip_entry_closer> stream{zip_fopen_index(zip_.get(), from.index, 0)};
    if (!stream) throw broken(zip_strerror(zip_.get()));
    std::vector<char> block(std::size_t{1} << 18U);
    std::uint64_t read = 0;
    for (;;) {
      const auto some = zip_fread(stream.get(), block.data(), block.size());
      if (some < 0) throw broken(zip_file_strerror(stream.get()));
      if (some == 0) break;
      read += static_cast<std::uint64_t>(some);
      if (read > from.size) throw broken("more");
      take(std::string_view{block.data(), static_cast<std::size_t>(some)});
    }
    if (read != from.size) throw broken(std::to_string(read));
  }

  std::string path_;
  std::unique_ptr<zip_t, zip_discarder> zip_;
  std::map<std::string, member, std::less<>> members_;
};

}  // namespace mll::detail
