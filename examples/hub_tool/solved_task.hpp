// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A solved task with the files of its experts, from a store or from a pack.
#pragma once

#include <mll/core/error.hpp>
#include <mll/model/hub.hpp>
#include <mll/select/selection.hpp>
#include <mll/store/hub_store.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../support/network_settings.hpp"
#include "store_settings.hpp"

namespace hub_tool {

struct solved_task {
  struct expert {
    std::string name;
    std::filesystem::path file;
    std::string fingerprint = {};  // of the file, as in `selected_model`; empty: checked otherwise
  };

  std::string name;
  mll::selection chosen;
  std::string samples;                // "images", "vectors" or "texts"
  example::network_settings network;  // preparation of images
  std::size_t max_side = 0;           // of decoded images; 0: as the experts need
  std::string explanation;
  std::vector<expert> experts;             // the chosen ones
  std::filesystem::path general = {};      // general model, its folder or image encoder; empty: not used
  std::vector<std::string> warnings = {};  // such as that labels have changed since
  std::shared_ptr<const void> files = {};  // keeps unpacked files
};

/// Whether a file is a pack rather than a store.
[[nodiscard]] bool is_pack(const std::string& file);

/// Reads a selection of a store. Throws: `invalid_argument` if there is no such selection, or the file of an
/// expert is not the one that was labelled.
[[nodiscard]] solved_task open_stored_task(const mll::hub_store& store, const std::string& name);

/// Reads a pack. Throws: `parse_error` naming what is damaged or missing.
[[nodiscard]] solved_task open_packed_task(const std::filesystem::path& file);

/// Loads the chosen experts, and no others.
template <class Hub>
[[nodiscard]] mll::hub<typename Hub::sample_type> load_experts(const solved_task& from) {
  mll::hub<typename Hub::sample_type> out;
  for (const auto& each : from.experts)
    out.add(each.name, Hub::load(each.file, from.network.options()), each.fingerprint);
  return out;
}

}  // namespace hub_tool
