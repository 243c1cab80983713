// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "mll/core/detail/lfs_pointer.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"

namespace mll::detail {

/// Maps a file into memory, read-only. Pages are read when they are used; the file must not shrink meanwhile.
/// Throws: `parse_error` naming the file if it does not exist, is not a regular file, cannot be mapped, or is
/// a pointer of git-lfs.
[[nodiscard]] inline file_bytes map_file(const std::filesystem::path& path) {
  namespace ipc = boost::interprocess;
  std::error_code problem;
  const bool regular = std::filesystem::is_regular_file(path, problem);
  if (!regular) {
    throw parse_error{path.string(), 0, "a readable file",
                      problem ? problem.message() : "not a regular file"};
  }
  // An empty file cannot be mapped.
  if (std::filesystem::file_size(path, problem) == 0) return file_bytes::of({}, path.string());
  try {
    const ipc::file_mapping file{path.c_str(), ipc::read_only};
    const auto region = std::make_shared<const ipc::mapped_region>(file, ipc::read_only);
    const std::string_view content{static_cast<const char*>(region->get_address()), region->get_size()};
    refuse_lfs_pointer(path.string(), content);
    return {path.string(), content, region};
  } catch (const ipc::interprocess_exception& thrown) {
    throw parse_error{path.string(), 0, "a readable file", thrown.what()};
  }
}

}  // namespace mll::detail
