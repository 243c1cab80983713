// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The experts of a folder, and their labels in the store.
#pragma once

#include <mll/core/error.hpp>
#include <mll/graph/semantic_dag.hpp>
#include <mll/label/model_labels.hpp>
#include <mll/model/hub.hpp>
#include <mll/store/hub_store.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "../support/entries_of.hpp"
#include "../support/image_hub.hpp"
#include "../support/left_out.hpp"
#include "../support/store_entries.hpp"
#include "settings.hpp"

namespace vision_hub {

inline bool is_model_folder(const std::filesystem::path& path) {
  std::error_code unknown;
  if (!std::filesystem::is_directory(path, unknown)) return false;
  try {
    static_cast<void>(example::image_hub::find(path));
  } catch (const mll::parse_error&) {
    return false;
  }
  return true;
}

/// Loads the experts of a folder and registers them in the store, by their contents: no label of an earlier
/// file of the same name stays in use, even if the new one cannot be loaded.
inline mll::hub<cv::Mat> load_hub(const settings& set, mll::hub_store& store) {
  std::vector<std::filesystem::path> files = example::entries_of(set.hub);
  std::erase_if(files, [](const std::filesystem::path& path) {
    return path.extension() != example::image_hub::extension && !is_model_folder(path);
  });
  std::map<std::string, mll::stored_model> known;
  for (auto& model : store.models()) known.emplace(model.name, model);
  const std::string network = nlohmann::json(set.network).dump();
  mll::hub<cv::Mat> hub;
  for (const std::filesystem::path& path : files) {
    const auto [name, file] = example::image_hub::find(path);
    const auto before = known.extract(name);
    std::string fingerprint;
    try {
      fingerprint = example::model_fingerprint(file, network);
      auto model = example::image_hub::load(file, set.network.options());
      auto entry = example::model_entry<example::image_hub>(file, model, network, fingerprint);
      entry.name = name;
      if (before.empty()) {
        store.add_model(entry);
      } else if (before.mapped().fingerprint != entry.fingerprint || before.mapped().heads != entry.heads) {
        store.update_model(entry.name, entry);
      }
      const bool has_run = !before.empty() && before.mapped().fingerprint == entry.fingerprint &&
                           before.mapped().state == mll::label_state::complete;
      if (!has_run) example::image_hub::prove(model);
      hub.add(entry.name, std::move(model), entry.fingerprint);
    } catch (const mll::store_error&) {
      throw;
    } catch (const std::exception& problem) {  // one bad file leaves the others alone
      std::cerr << example::left_out(file, problem.what()) << '\n';
      if (before.empty() || fingerprint.empty()) continue;
      const auto entry = example::unloadable_entry(before.mapped(), file, fingerprint);
      if (entry.fingerprint != before.mapped().fingerprint) store.update_model(entry.name, entry);
    }
  }
  for (const auto& [name, model] : known) {
    if (set.drop_missing) {
      store.remove_model(name);
    } else {
      std::cerr << "missing: expert " << name << "; its label is kept (--drop-missing drops it)\n";
    }
  }
  if (hub.empty())
    throw mll::error{"expected experts in " + set.hub.string() + ", found none that can be used"};
  return hub;
}

inline std::size_t labelled_count(const mll::hub_store& store, const mll::hub<cv::Mat>& hub) {
  const auto models = store.models();
  return static_cast<std::size_t>(std::count_if(models.begin(), models.end(), [&](const auto& model) {
    return model.state == mll::label_state::complete && hub.find(model.name);
  }));
}

/// The labels of the experts that were loaded.
inline mll::model_labels read_labels(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                                     const mll::hub<cv::Mat>& hub) {
  auto out = store.labels(graph);
  std::vector<mll::model_id> others;
  for (const auto& each : out.models()) {
    if (!hub.find(each.name)) others.push_back(each.model);
  }
  for (const mll::model_id id : others) out.erase(id);
  return out;
}

}  // namespace vision_hub
