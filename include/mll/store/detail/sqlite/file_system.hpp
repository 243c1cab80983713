// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/vfs.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "mll/store/store_error.hpp"

/// A writer of a store in WAL mode shares memory with the other users of the file, which network file systems
/// do not offer between machines: two of them would overwrite each other's changes.
namespace mll::detail {

/// The name of a network file system; empty for others.
/// @param[in] type `statfs::f_type`
[[nodiscard]] constexpr std::string_view network_file_system(std::uint32_t type) noexcept {
  constexpr std::array<std::pair<std::uint32_t, std::string_view>, 16> known{{{0x00006969U, "NFS"},
                                                                              {0x0000517bU, "SMB"},
                                                                              {0xff534d42U, "SMB (CIFS)"},
                                                                              {0xfe534d42U, "SMB"},
                                                                              {0x0bd00bd0U, "Lustre"},
                                                                              {0x00c36400U, "Ceph"},
                                                                              {0x47504653U, "GPFS"},
                                                                              {0x19830326U, "BeeGFS"},
                                                                              {0xaad7aaeaU, "PanFS"},
                                                                              {0x20030528U, "OrangeFS"},
                                                                              {0x5346414fU, "AFS"},
                                                                              {0x6b414653U, "AFS"},
                                                                              {0x73757245U, "Coda"},
                                                                              {0x7461636fU, "OCFS2"},
                                                                              {0x01161970U, "GFS2"},
                                                                              {0x0000564cU, "NCP"}}};
  for (const auto& [number, name] : known) {
    if (number == type) return name;
  }
  return {};
}

/// The type of the file system of a file, or 0.
[[nodiscard]] inline std::uint32_t file_system_type(const std::filesystem::path& file) {
  struct statfs found {};
  return statfs(file.c_str(), &found) == 0 ? static_cast<std::uint32_t>(found.f_type) : 0;
}
/// Tests replace it.
inline std::uint32_t (*look_up_file_system)(const std::filesystem::path&) = &file_system_type;

/// Throws: `store_error` if a store cannot be written because of its file system.
/// @param[in] place the file, or the folder where it is to be created
inline void require_local(const std::filesystem::path& file, const std::filesystem::path& place) {
  const std::string_view name = network_file_system(look_up_file_system(place));
  if (name.empty()) return;
  throw store_error{file.string(), store_errc::network,
                    "expected a store on a local disk, found one on a network file system (" +
                        std::string{name} +
                        "), where SQLite cannot keep two machines from writing to its journal (WAL) at once: "
                        "write to a local disk, and copy the file when no program has it open; reading it "
                        "in place is safe"};
}

}  // namespace mll::detail
