// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/detail/sqlite/file_system.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

/// Files appear to lie on NFS while it lives.
struct on_nfs {
  on_nfs() {
    detail::look_up_file_system = [](const std::filesystem::path&) -> std::uint32_t { return 0x6969; };
  }
  on_nfs(const on_nfs&) = delete;
  on_nfs& operator=(const on_nfs&) = delete;
  ~on_nfs() { detail::look_up_file_system = &detail::file_system_type; }
};

}  // namespace

TEST_CASE("network file systems are known by their type") {
  CHECK(detail::network_file_system(0x6969) == "NFS");
  CHECK(detail::network_file_system(0xff534d42) == "SMB (CIFS)");
  CHECK(detail::network_file_system(0x0bd00bd0) == "Lustre");
  for (const std::uint32_t local : {0xef53U, 0x58465342U, 0x9123683eU, 0x01021994U, 0x794c7630U, 0U})
    CHECK(detail::network_file_system(local).empty());  // ext4, XFS, Btrfs, tmpfs, overlay, unknown
  CHECK(detail::file_system_type("/proc") == 0x9fa0);
  CHECK(detail::file_system_type("/nowhere at all") == 0);
}

TEST_CASE("a store on a network file system is read, and not written") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  { const auto made = world.make_labelled(file); }
  const on_nfs now;
  CHECK(test::code_of([&] { static_cast<void>(hub_store::open(file)); }) == store_errc::network);
  CHECK(test::code_of([&] { static_cast<void>(hub_store::repair(file)); }) == store_errc::network);
  const auto other = scratch.path() / "new.mll";
  CHECK(test::code_of([&] { static_cast<void>(hub_store::create(other)); }) == store_errc::network);
  CHECK(!std::filesystem::exists(other));
  try {
    static_cast<void>(hub_store::open(file));
  } catch (const store_error& thrown) {
    CHECK(std::string{thrown.what()}.find("(NFS), where SQLite cannot") != std::string::npos);
  }
  const auto store = hub_store::open(file, {.access = store_access::read_only});
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
}

TEST_CASE("the journal of a crashed program on a network file system is read from a copy") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 2, 2};
  const auto left = scratch.path() / "left.mll";
  {
    auto writing = world.make_labelled(scratch.path() / "hub.mll");
    writing.remove_model("m2");
    for (const char* ending : {"", "-wal", "-shm"})
      std::filesystem::copy_file(scratch.path() / ("hub.mll" + std::string{ending}), left.string() + ending);
  }
  const auto index = test::read_file(left.string() + "-shm");
  const on_nfs now;
  const auto store = hub_store::open(left, {.access = store_access::read_only});
  CHECK(store.models().size() == 2);
  CHECK(store.verify().clean());
  CHECK(test::read_file(left.string() + "-shm") == index);
}
