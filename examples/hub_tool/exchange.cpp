// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// export, import
#include <mll/label/io/label_origin.hpp>
#include <mll/label/io/npy.hpp>
#if MLL_TEST_ZIP
#include <mll/label/io/npz.hpp>
#endif

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "commands.hpp"
#include "register_samples.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

bool is_npz(const std::string& path) {
  if (std::filesystem::path{path}.extension() != ".npz") return false;
#if !MLL_TEST_ZIP
  throw mll::invalid_argument{"WHERE", "a folder (this program was built without libzip)", "'" + path + "'"};
#endif
  return true;
}

mll::model_labels read_labels(const mll::semantic_dag<>& graph, const std::string& where) {
#if MLL_TEST_ZIP
  if (is_npz(where)) return mll::import_labels_npz(graph, where);
#else
  is_npz(where);
#endif
  return mll::import_labels(graph, where);
}

std::optional<mll::label_origin> read_origin(const std::string& where) {
#if MLL_TEST_ZIP
  if (is_npz(where)) return mll::read_label_origin_npz(where);
#endif
  return mll::read_label_origin(where);
}

/// Throws: `invalid_argument` naming the graph or the first node that the labels and the store do not share.
void check_samples(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                   const mll::model_labels& labels, const std::optional<mll::label_origin>& origin) {
  const auto refuse = [](const char* what, const std::string& expected, const std::string& found) {
    throw mll::invalid_argument{what, expected, found};
  };
  const auto known = store.origin();
  if (origin && origin->graph != known.graph)
    refuse("graph", "labels made with the graph of the store", "labels made with another graph");
  const auto& layout = labels.samples();
  for (const auto& node : store.nodes()) {
    const std::size_t count = layout.rows(graph.at(node.synset)).count;
    const std::string expected =
        std::to_string(node.sample_count) + " samples of node '" + node.synset + "', as in the store";
    if (count != node.sample_count) refuse("samples", expected, "labels of " + std::to_string(count));
    if (!origin) continue;
    const auto hash = origin->nodes.find(node.synset);
    if (hash == origin->nodes.end() || hash->second != node.fingerprint)
      refuse("samples", expected, "labels of other samples");
  }
  for (const mll::node_id v : layout.nodes()) {
    if (!known.nodes.contains(graph[v].id))
      refuse("samples", "samples of nodes of the store", "labels of node '" + graph[v].id + "'");
  }
}

}  // namespace

int export_labels(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto graph = read_labelled_graph(store);
  mll::label_origin origin;
  mll::model_labels labels;
  do {  // until both are of the same state of the store
    origin = store.origin();
    labels = store.labels(graph);
  } while (store.origin() != origin);
  if (labels.empty()) throw mll::invalid_argument{"STORE", "a store with labels", "one without; run label"};
  std::set<std::string> exported;
  for (const auto& each : labels.models()) exported.insert(each.name);
  std::erase_if(origin.models, [&](const auto& each) { return !exported.contains(each.first); });
  if (is_npz(given.where)) {
#if MLL_TEST_ZIP
    mll::export_labels_npz(labels, graph, given.where, origin);
#endif
  } else {
    mll::export_labels(labels, graph, given.where, origin);
  }
  out.say("wrote the labels of " + std::to_string(labels.models().size()) + " models to " +
          printable(given.where));
  out.result({{"models", labels.models().size()}, {"where", printable(given.where)}});
  return ok;
}

int import_labels(const arguments& given, const output& out) {
  auto store = mll::hub_store::open(given.store);
  const auto graph = read_graph(store);
  const auto labels = read_labels(graph, given.where);
  const auto origin = read_origin(given.where);
  if (!origin && !given.unchecked)
    throw mll::invalid_argument{"WHERE", "an export with content hashes",
                                "one without: labels of other models or samples would not be noticed; "
                                "--unchecked imports it nevertheless"};
  if (store.nodes().empty())
    with_hub(read_setting(store, "samples"),
             [&](auto hub) { static_cast<void>(register_samples<decltype(hub)>(store, graph, given, out)); });
  check_samples(store, graph, labels, origin);
  std::set<std::string> known;
  for (const auto& model : store.models()) known.insert(model.name);
  nlohmann::json imported = nlohmann::json::array();
  nlohmann::json refused = nlohmann::json::array();
  for (const auto& each : labels.models()) {
    std::string why;
    try {
      if (known.contains(each.name)) {
        store.write_label(each, labels.samples(), graph, origin);
        imported.push_back(each.name);
      } else {
        why = "'" + each.name + "' is not a model of the store; add it first";
      }
    } catch (const mll::invalid_argument& problem) {
      why = problem.what();
    }
    if (why.empty()) continue;
    out.warn("refused: " + each.name + ": " + why);
    refused.push_back({{"model", each.name}, {"why", why}});
  }
  out.say("imported the labels of " + std::to_string(imported.size()) + " models" +
          (refused.empty() ? "" : "; refused " + std::to_string(refused.size())));
  out.result({{"models", imported.size()}, {"imported", imported}, {"refused", refused}});
  return refused.empty() ? ok : incomplete;
}

}  // namespace hub_tool
