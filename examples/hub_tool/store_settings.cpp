#include "store_settings.hpp"

#include <mll/graph/edge_list.hpp>
#include <mll/graph/wordnet.hpp>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "../support/network_settings.hpp"

namespace hub_tool {

std::string read_setting(const mll::hub_store& store, const char* key) {
  const auto found = store.note(key);
  if (!found)
    throw mll::invalid_argument{"STORE", "a store made by hub_tool init",
                                "one without '" + std::string{key} + "'"};
  return *found;
}

mll::semantic_dag<> read_graph(const std::string& graph, const std::string& words) {
  if (std::filesystem::is_directory(graph)) return mll::read_wordnet(graph);
  mll::edge_list_options options;
  if (!words.empty()) options.node_table = words;
  return mll::read_edge_list(graph, options);
}

mll::semantic_dag<> read_graph(const mll::hub_store& store) {
  return read_graph(read_setting(store, "graph"), read_setting(store, "words"));
}

mll::onnx_options read_network(const mll::hub_store& store) {
  return nlohmann::json::parse(read_setting(store, "network")).get<example::network_settings>().options();
}

}  // namespace hub_tool
