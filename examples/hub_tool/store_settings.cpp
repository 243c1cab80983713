#include "store_settings.hpp"

#include <mll/graph/edge_list.hpp>
#include <mll/graph/wordnet.hpp>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "../support/network_settings.hpp"

namespace hub_tool {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& store) {
  return fs::weakly_canonical(store).parent_path();
}

/// Throws: `invalid_argument` if there is no such file or folder.
fs::path read_place(const mll::hub_store& store, const char* key) {
  const fs::path out = from_stored_path(store.file(), read_setting(store, key));
  std::error_code problem;
  if (!out.empty() && !fs::exists(out, problem))
    throw mll::invalid_argument{key, "a file or folder at '" + out.string() + "'",
                                "none; set STORE --" + std::string{key} + " changes the place"};
  return out;
}

}  // namespace

std::string read_setting(const mll::hub_store& store, const char* key) {
  const auto found = store.note(key);
  if (!found)
    throw mll::invalid_argument{"STORE", "a store made by hub_tool init",
                                "one without '" + std::string{key} + "'"};
  return *found;
}

std::string to_stored_path(const fs::path& store, const std::string& path) {
  if (path.empty()) return path;
  fs::path absolute = fs::absolute(path).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  // The last part is not followed: an expert may be a link to a file elsewhere.
  const fs::path inside = (fs::weakly_canonical(absolute.parent_path()) / absolute.filename())
                              .lexically_relative(folder_of(store));
  return inside.empty() || *inside.begin() == ".." ? absolute.string() : inside.string();
}

fs::path from_stored_path(const fs::path& store, const std::string& path) {
  return path.empty() || fs::path{path}.is_absolute() ? fs::path{path} : folder_of(store) / path;
}

mll::semantic_dag<> read_graph(const std::string& graph, const std::string& words) {
  std::error_code problem;
  if (fs::is_directory(graph, problem)) return mll::read_wordnet(graph);
  mll::edge_list_options options;
  if (!words.empty()) options.node_table = words;
  return mll::read_edge_list(graph, options);
}

mll::semantic_dag<> read_graph(const mll::hub_store& store) {
  return read_graph(read_place(store, "graph").string(), read_place(store, "words").string());
}

mll::semantic_dag<> read_labelled_graph(const mll::hub_store& store) {
  if (store.nodes().empty())
    throw mll::invalid_argument{"STORE", "a store with labels", "one without; run label"};
  auto out = read_graph(store);
  if (!store.matches_graph(out))
    throw mll::invalid_argument{"graph", "the graph that the labels were made with",
                                "another one at '" + read_place(store, "graph").string() + "'; run label"};
  return out;
}

fs::path read_representation(const mll::hub_store& store) {
  return read_place(store, "representation");
}

std::string report_key(const std::string& expert) {
  return "expert " + expert;
}

void save_report(mll::hub_store& store, const std::string& expert, const example::expert_report& report) {
  store.save_note(report_key(expert),
                  report.json().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

nlohmann::json read_report(const mll::hub_store& store, const std::string& expert) {
  const auto text = store.note(report_key(expert));
  return text && !text->empty() ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json{};
}

mll::onnx_options read_network(const mll::hub_store& store) {
  return nlohmann::json::parse(read_setting(store, "network")).get<example::network_settings>().options();
}

}  // namespace hub_tool
