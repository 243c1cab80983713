// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <zip.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"

namespace mll::detail {

/// The message of a libzip error code.
[[nodiscard]] inline std::string zip_reason(int code) {
  zip_error_t problem;
  zip_error_init_with_code(&problem, code);
  std::string out = zip_error_strerror(&problem);
  zip_error_fini(&problem);
  return out;
}

struct zip_discarder {
  void operator()(zip_t* open) const noexcept { zip_discard(open); }
};
struct zip_entry_closer {
  void operator()(zip_file_t* open) const noexcept { zip_fclose(open); }
};

/// Writes files to an archive, each under its file name. Throws: `error` if that fails; an earlier archive of
/// this name is then unchanged.
inline void write_zip(const std::filesystem::path& archive, const std::vector<std::filesystem::path>& files) {
  int code = 0;
  std::unique_ptr<zip_t, zip_discarder> out{zip_open(archive.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code)};
  if (!out) throw error{"cannot write " + archive.string() + ": " + zip_reason(code)};
  const auto failed = [&] {
    return error{"cannot write " + archive.string() + ": " + zip_strerror(out.get())};
  };
  for (const auto& file : files) {
    zip_source_t* source = zip_source_file(out.get(), file.c_str(), 0, -1);
    if (source == nullptr) throw failed();
    const auto at = zip_file_add(out.get(), file.filename().c_str(), source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
      zip_source_free(source);
      throw failed();
    }
  }
  if (zip_close(out.get()) != 0) throw failed();
  static_cast<void>(out.release());
}

/// Unpacks an archive to a folder.
/// @param[in] is_member `(name)`: whether a member may have this name; others are refused before anything is
/// written
/// @param[in] limit     of bytes of all members
/// Throws: `parse_error` naming archive and member; `error` if the folder cannot be written.
template <class IsMember>
void unpack_zip(const std::filesystem::path& archive, const std::filesystem::path& folder,
                std::uint64_t limit, const IsMember& is_member) {
  const std::string path = archive.string();
  if (const std::string problem = why_not_regular(archive); !problem.empty())
    throw parse_error{path, 0, "a readable file", problem};
  int code = 0;
  const std::unique_ptr<zip_t, zip_discarder> in{
      zip_open(archive.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code)};
  if (!in) throw parse_error{path, 0, "a complete zip archive", zip_reason(code)};
  const auto count = static_cast<std::uint64_t>(zip_get_num_entries(in.get(), 0));
  std::set<std::string> names;
  std::uint64_t left = limit;
  std::vector<zip_stat_t> members(count);
  for (std::uint64_t i = 0; i < count; ++i) {  // before anything is unpacked
    if (zip_stat_index(in.get(), i, 0, &members[i]) != 0 ||
        (members[i].valid & (ZIP_STAT_NAME | ZIP_STAT_SIZE)) != (ZIP_STAT_NAME | ZIP_STAT_SIZE))
      throw parse_error{path, 0, "members with name and size", "one without"};
    const std::string name = members[i].name;
    if (!is_member(name)) throw parse_error{path, 0, "members of exported labels only", "'" + name + "'"};
    if (!names.insert(name).second) throw parse_error{path, 0, "every member once", "'" + name + "' again"};
    if (members[i].size > left) {
      throw parse_error{path + "/" + name, 0, "at most " + std::to_string(limit) + " bytes in all members",
                        "one of " + std::to_string(members[i].size) + " bytes"};
    }
    left -= members[i].size;
  }
  std::vector<char> block(std::size_t{1} << 16U);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string name = members[i].name;
    const auto broken = [&](const std::string& found) {
      return parse_error{path + "/" + name, 0, "a member of " + std::to_string(members[i].size) + " bytes",
                         found};
    };
    const std::unique_ptr<zip_file_t, zip_entry_closer> member{zip_fopen_index(in.get(), i, 0)};
    if (!member) throw broken(zip_strerror(in.get()));
    std::ofstream out{folder / name, std::ios::binary};
    std::uint64_t read = 0;
    for (;;) {
      const auto some = zip_fread(member.get(), block.data(), block.size());
      if (some < 0) throw broken(zip_file_strerror(member.get()));
      if (some == 0) break;
      read += static_cast<std::uint64_t>(some);
      if (read > members[i].size) throw broken("more");  // only the declared size was checked
      out.write(block.data(), static_cast<std::streamsize>(some));
    }
    if (read != members[i].size) throw broken(std::to_string(read));
    out.close();
    if (!out) throw error{"cannot write " + (folder / name).string()};
  }
}

}  // namespace mll::detail
