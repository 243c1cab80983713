// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// init, set, verify, repair
#include <mll/store/content_hash.hpp>
#include <mll/store/hub_store.hpp>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/network_settings.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

json to_json(const mll::store_report& report) {
  json damages = json::array();
  for (const auto& each : report.damages)
    damages.push_back({{"model", each.model}, {"node", each.node}, {"what", each.what}});
  return {{"clean", report.clean()},
          {"models", report.model_count},
          {"nodes", report.node_count},
          {"chunks", report.chunk_count},
          {"damages", std::move(damages)}};
}

void check_folder(const std::string& representation) {
  std::error_code problem;
  if (!std::filesystem::is_directory(representation, problem))
    throw mll::invalid_argument{"--representation", "a folder",
                                "'" + representation + "'" + (problem ? " (" + problem.message() + ")" : "")};
}

void warn_of_dropped(const std::vector<std::string>& dropped, const output& out) {
  for (const auto& each : dropped) out.warn("dropped, because it closes a cycle: " + each);
}

/// Settings with the given options replaced.
example::network_settings changed(const json& before, const arguments& given) {
  auto out = before.get<example::network_settings>();
  const auto take = [&](const char* option, auto& value, const auto& now) {
    if (given.set.contains(option)) value = now;
  };
  take("--size", out.size, given.network.size);
  take("--order", out.order, given.network.order);
  take("--layout", out.layout, given.network.layout);
  take("--scale", out.scale, given.network.scale);
  take("--mean", out.mean, given.network.mean);
  take("--deviation", out.deviation, given.network.deviation);
  take("--logits", out.logits, given.network.logits);
  return out;
}

}  // namespace

int init(const arguments& given, const output& out) {
  check_folder(given.representation);
  const graph_settings place{given.graph, given.words, given.part_of_speech, given.drop_cycles};
  std::vector<std::string> dropped;
  const auto graph = read_graph(place, &dropped);
  with_hub(given.samples, [](auto) {});  // throws if this build cannot read such samples
  {
    auto store = mll::hub_store::create(given.store);
    try {
      save_graph_settings(store, place);
      store.save_note("representation", to_stored_path(given.store, given.representation));
      store.save_note("samples", given.samples);
      store.save_note("network", json(given.network).dump());
    } catch (...) {  // a store without its settings is of no use
      std::error_code ignored;
      for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(given.store + ending, ignored);
      throw;
    }
  }
  warn_of_dropped(dropped, out);
  out.say("created " + printable(given.store) + " for " + given.samples + "; the graph has " +
          std::to_string(graph.size()) + " nodes");
  out.result({{"store", printable(given.store)},
              {"samples", given.samples},
              {"graph_nodes", graph.size()},
              {"dropped", dropped}});
  return ok;
}

int set(const arguments& given, const output& out) {
  const auto is_given = [&](const char* option) { return given.set.contains(option); };
  if (given.set.empty()) throw mll::invalid_argument{"set", "at least one option", "none"};
  if (is_given("--representation")) check_folder(given.representation);
  auto store = mll::hub_store::open(given.store);
  graph_settings place = read_graph_settings(store);
  if (is_given("--graph")) place.graph = given.graph;
  if (is_given("--words")) place.words = given.words;
  if (is_given("--part-of-speech")) place.part_of_speech = given.part_of_speech;
  if (is_given("--drop-cycles")) place.drop_cycles = given.drop_cycles;
  const bool is_graph_given =
      is_given("--graph") || is_given("--words") || is_given("--part-of-speech") || is_given("--drop-cycles");
  std::vector<std::string> dropped;
  if (is_graph_given) static_cast<void>(read_graph(place, &dropped));
  const std::string before = read_setting(store, "network");
  const std::string network = json(changed(json::parse(before), given)).dump();
  std::size_t stale = 0;
  if (network != before) {
    // First, so that no label of the old preparation is in use, whatever happens.
    for (auto model : store.models()) {
      const auto file = from_stored_path(store.file(), model.file);
      try {
        model.fingerprint = example::model_fingerprint(file, network);
      } catch (const mll::error&) {  // `label` will see whether the file is back
        model.fingerprint = mll::content_hash{}.add(model.fingerprint).add(network).text();
      }
      store.update_model(model.name, model);
      stale += model.state == mll::label_state::complete ? 1 : 0;
    }
    store.save_note("network", network);
  }
  if (is_given("--representation"))
    store.save_note("representation", to_stored_path(store.file(), given.representation));
  if (is_graph_given) save_graph_settings(store, place);
  warn_of_dropped(dropped, out);
  std::string options;
  for (const auto& each : given.set) options += ' ' + each;
  out.say("changed" + options +
          (stale == 0 ? "" : "; " + std::to_string(stale) + " models must be labelled again"));
  out.result({{"set", given.set}, {"stale", stale}});
  return ok;
}

int verify(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto report = store.verify();
  for (const auto& each : report.damages) {
    out.say("damaged: " + (each.model.empty() ? "" : "model " + each.model + ", node " + each.node + ": ") +
            each.what);
  }
  if (report.clean()) {
    out.say("no damage: " + std::to_string(report.model_count) + " models, " +
            std::to_string(report.node_count) + " nodes, " + std::to_string(report.chunk_count) +
            " labels (one per model and node)");
  }
  json told = to_json(report);
  std::map<expert_files_state, std::vector<std::string>> files;
  for (const auto& model : store.models()) files[compare_contents(store, model)].push_back(model.name);
  told["changed"] = files[expert_files_state::changed];
  told["missing"] = files[expert_files_state::missing];
  for (const auto& name : files[expert_files_state::changed])
    out.say("changed: the files of " + printable(name) + " are not those that are registered: run label");
  for (const auto& name : files[expert_files_state::missing])
    out.warn("the file of " + printable(name) + " cannot be read, and was not compared");
  out.result(told);
  return report.clean() && files[expert_files_state::changed].empty() ? ok : incomplete;
}

int repair(const arguments& given, const output& out) {
  const auto found = mll::hub_store::repair(given.store);
  for (const auto& each : found.damages)
    out.say("removed: " + each.what + " " + each.model + " " + each.node);
  out.say(found.clean() ? "nothing to repair" : "repaired; run label to restore what was removed");
  out.result(to_json(found));
  return ok;
}

}  // namespace hub_tool
