// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What a store has registered, read again without changing it: samples and experts.
#pragma once

#include <mll/core/error.hpp>
#include <mll/model/hub.hpp>
#include <mll/store/hub_store.hpp>

#include <cstddef>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../support/left_out.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "register_samples.hpp"
#include "store_settings.hpp"

namespace hub_tool {

/// Reads the samples of a store, decoded as when they were registered.
/// @param[in] remedy ends errors: what to run instead
/// Throws: `invalid_argument` naming a node whose samples are not those of the store.
template <class Hub>
typename Hub::samples_type read_registered_samples(const mll::hub_store& store,
                                                   const mll::semantic_dag<>& graph, const output& out,
                                                   const std::string& remedy) {
  std::vector<example::skipped_sample> skipped;
  auto samples = read_samples<Hub>(store, graph, out, skipped);
  std::map<std::string, mll::stored_node> known;
  for (auto& node : store.nodes()) known.emplace(node.synset, node);
  const auto refuse = [&](const std::string& node, const std::string& problem) {
    throw mll::invalid_argument{"samples", "those of node '" + node + "' in the store", problem + remedy};
  };
  for (const auto& node : example::node_entries<Hub>(samples, graph)) {
    const auto same = known.find(node.synset);
    if (same == known.end())
      throw mll::invalid_argument{"samples", "samples of the nodes of the store",
                                  "some of node '" + node.synset + "'" + remedy};
    if (same->second != node) refuse(node.synset, "others");
    known.erase(same);
  }
  if (!known.empty()) refuse(known.begin()->first, "none");
  if constexpr (requires { samples.set_max_side(std::size_t{1}); }) {
    // It depends on all experts of the hub: some of them would see other pixels.
    samples.set_max_side(std::stoul(read_setting(store, "max_side")));
  }
  return samples;
}

/// Loads those experts of a store that `is_wanted(stored_model)`; one that cannot be loaded, or is not the
/// registered one, is left out by name.
/// @param[in] remedy ends errors: what to run instead
template <class Hub, class IsWanted>
mll::hub<typename Hub::sample_type> load_registered(const mll::hub_store& store, const IsWanted& is_wanted,
                                                    const std::string& remedy, const output& out,
                                                    nlohmann::json& problems) {
  const std::string network = read_setting(store, "network");
  mll::hub<typename Hub::sample_type> models;
  for (const auto& known : store.models()) {
    if (stop.stop_requested()) throw mll::cancelled{"labelling: stopped before the first step"};
    if (!is_wanted(known)) continue;
    const auto file = from_stored_path(store.file(), known.file);
    try {
      const std::string fingerprint = example::model_fingerprint(file, network);
      auto model = Hub::load(file, read_network(store));
      const auto entry = example::model_entry<Hub>(file, model, network, fingerprint);
      if (entry.fingerprint != known.fingerprint || entry.heads != known.heads)
        throw mll::parse_error{file.string(), 0, "the file that is registered in the store",
                               "another one" + remedy};
      models.add(known.name, std::move(model));
    } catch (const std::exception& problem) {  // one bad file, whatever it causes, leaves the others alone
      out.warn(example::left_out(file, problem.what()));
      problems.push_back({{"model", known.name}, {"why", printable(problem.what())}});
    }
  }
  return models;
}

}  // namespace hub_tool
