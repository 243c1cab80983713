// init, verify, repair
#include <mll/store/hub_store.hpp>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

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

}  // namespace

int init(const arguments& given, const output& out) {
  if (!std::filesystem::is_directory(given.representation))
    throw mll::invalid_argument{"--representation", "a folder", "'" + given.representation + "'"};
  const auto absolute = [](const std::string& path) {
    return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
  };
  const auto graph = read_graph(given.graph, given.words);
  with_hub(given.samples, [](auto) {});  // throws if this build cannot read such samples
  auto store = mll::hub_store::create(given.store);
  store.save_note("graph", absolute(given.graph));
  store.save_note("words", absolute(given.words));
  store.save_note("representation", absolute(given.representation));
  store.save_note("samples", given.samples);
  store.save_note("network", json(given.network).dump());
  out.say("created " + given.store + " for " + given.samples + "; the graph has " +
          std::to_string(graph.size()) + " nodes");
  out.result({{"store", given.store}, {"samples", given.samples}, {"graph_nodes", graph.size()}});
  return ok;
}

int verify(const arguments& given, const output& out) {
  const auto report = mll::hub_store::open(given.store, {.access = mll::store_access::read_only}).verify();
  for (const auto& each : report.damages) {
    out.say("damaged: " + (each.model.empty() ? "" : "model " + each.model + ", node " + each.node + ": ") +
            each.what);
  }
  if (report.clean()) {
    out.say("no damage: " + std::to_string(report.model_count) + " models, " +
            std::to_string(report.node_count) + " nodes, " + std::to_string(report.chunk_count) +
            " labels (one per model and node)");
  }
  out.result(to_json(report));
  return report.clean() ? ok : incomplete;
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
