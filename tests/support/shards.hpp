// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Shards of a small hub, and the files of an export of its labels.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/label/io/npy.hpp"
#include "mll/store/shards/label_shard.hpp"
#include "support/files.hpp"
#include "support/store_fixture.hpp"

namespace mll::test {

/// Nothing is lost when a process ends, and the tests do not wait for the disk.
inline constexpr store_options quick{.durability = store_durability::process_crash};

/// The base of shards, as a machine that must not change it opens it.
inline hub_store open_base(const std::filesystem::path& file) {
  return hub_store::open(file, {.access = store_access::read_only});
}

inline update_store_result label_share_of(const store_world& world, const std::filesystem::path& base,
                                          const std::filesystem::path& into, const label_share& share,
                                          const update_store_options& options = {}) {
  return label_shard(exec::sequential{}, open_base(base), into, share, world.models, world.samples,
                     world.graph, {.labelling = options, .shard = quick});
}

/// Labels a hub in `count` shards; returns their files.
inline std::vector<std::filesystem::path> label_shards(const store_world& world,
                                                       const std::filesystem::path& base, std::size_t count,
                                                       const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (std::size_t i = 1; i <= count; ++i) {
    out.push_back(folder / (std::to_string(i) + "of" + std::to_string(count) + ".mll"));
    label_share_of(world, base, out.back(), {i, count});
  }
  return out;
}

/// The files that an export of all labels of a store consists of, by name.
inline std::map<std::string, std::string> exported(const hub_store& store, const semantic_dag<>& graph) {
  const detail::temporary_folder scratch;
  const auto folder = scratch.path() / "export";
  export_labels(store.labels(graph), graph, folder, store.origin());
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    if (entry.is_regular_file())
      out[std::filesystem::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return out;
}

}  // namespace mll::test
