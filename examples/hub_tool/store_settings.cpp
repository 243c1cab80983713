// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "store_settings.hpp"

#include <mll/graph/edge_list.hpp>
#include <mll/graph/wordnet.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "../support/network_settings.hpp"
#include "../support/store_entries.hpp"

namespace hub_tool {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, mll::part_of_speech>, 4> parts_of_speech{
    {{"noun", mll::part_of_speech::noun},
     {"verb", mll::part_of_speech::verb},
     {"adjective", mll::part_of_speech::adjective},
     {"adverb", mll::part_of_speech::adverb}}};

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

std::string report_key(const std::string& expert) {
  return "expert " + expert;
}

std::string dates_key(const std::string& expert) {
  return "dates " + expert;
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

std::vector<std::string> part_of_speech_names() {
  std::vector<std::string> out;
  for (const auto& [name, unused] : parts_of_speech) out.emplace_back(name);
  return out;
}

graph_settings read_graph_settings(const mll::hub_store& store) {
  // Stores of earlier versions have no more than the places.
  graph_settings out{from_stored_path(store.file(), read_setting(store, "graph")).string(),
                     from_stored_path(store.file(), read_setting(store, "words")).string()};
  if (const auto known = store.note("part_of_speech")) out.part_of_speech = *known;
  out.drop_cycles = store.note("drop_cycles") == "yes";
  return out;
}

void save_graph_settings(mll::hub_store& store, const graph_settings& graph) {
  store.save_note("graph", to_stored_path(store.file(), graph.graph));
  store.save_note("words", to_stored_path(store.file(), graph.words));
  store.save_note("part_of_speech", graph.part_of_speech);
  store.save_note("drop_cycles", graph.drop_cycles ? "yes" : "no");
}

mll::semantic_dag<> read_graph(const graph_settings& from, std::vector<std::string>* dropped) {
  std::error_code problem;
  if (fs::is_directory(from.graph, problem)) {
    const auto part = std::find_if(parts_of_speech.begin(), parts_of_speech.end(),
                                   [&](const auto& each) { return each.first == from.part_of_speech; });
    if (part == parts_of_speech.end())
      throw mll::invalid_argument{"--part-of-speech", "that of a synset", "'" + from.part_of_speech + "'"};
    std::vector<std::string> unlisted;
    mll::wordnet_options options{.part_of_speech = part->second};
    if (from.drop_cycles) options.dropped = dropped != nullptr ? dropped : &unlisted;
    try {
      return mll::read_wordnet(from.graph, options);
    } catch (const mll::parse_error& cycle) {
      if (!cycle.expected().starts_with("no cycle")) throw;
      throw mll::parse_error{cycle.file(), cycle.line(),
                             "no cycle (--drop-cycles drops the pointer that closes it)", cycle.found()};
    }
  }
  const auto refuse = [&](const char* option) {
    throw mll::invalid_argument{option, "a folder of WordNet as --graph", "'" + from.graph + "'"};
  };
  if (from.drop_cycles) refuse("--drop-cycles");
  if (from.part_of_speech != "noun") refuse("--part-of-speech");
  mll::edge_list_options options;
  if (!from.words.empty()) options.node_table = from.words;
  return mll::read_edge_list(from.graph, options);
}

mll::semantic_dag<> read_graph(const mll::hub_store& store) {
  for (const char* place : {"graph", "words"}) static_cast<void>(read_place(store, place));
  return read_graph(read_graph_settings(store));
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

void save_report(mll::hub_store& store, const std::string& expert, const example::expert_report& report) {
  store.save_note(report_key(expert),
                  report.json().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

nlohmann::json read_report(const mll::hub_store& store, const std::string& expert) {
  const auto text = store.note(report_key(expert));
  return text && !text->empty() ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json{};
}

const char* to_string(expert_files_state state) {
  constexpr std::array<const char*, 4> names{"unknown", "same", "changed", "missing"};
  return names[static_cast<std::size_t>(state)];
}

expert_files_state compare_dates(const mll::hub_store& store, const mll::stored_model& expert) {
  const auto file = from_stored_path(store.file(), expert.file);
  std::error_code problem;
  if (!fs::exists(file, problem)) return expert_files_state::missing;
  const auto known = store.note(dates_key(expert.name));
  if (!known || known->empty()) return expert_files_state::unknown;  // a store of an earlier version
  try {
    if (*known == example::file_dates(file)) return expert_files_state::same;
  } catch (const mll::error&) {  // what describes the expert cannot be read any more
  }
  return expert_files_state::changed;
}

expert_files_state compare_contents(const mll::hub_store& store, const mll::stored_model& expert) {
  const auto network = store.note("network");
  if (!network || expert.file.empty()) return expert_files_state::unknown;
  const auto file = from_stored_path(store.file(), expert.file);
  try {
    const auto now = example::unloadable_entry(expert, file, example::model_fingerprint(file, *network));
    return now.fingerprint == expert.fingerprint ? expert_files_state::same : expert_files_state::changed;
  } catch (const mll::parse_error&) {
    return expert_files_state::missing;
  }
}

void save_dates(mll::hub_store& store, const std::string& expert, const std::string& dates) {
  if (store.note(dates_key(expert)) != dates) store.save_note(dates_key(expert), dates);
}

void forget_expert(mll::hub_store& store, const std::string& expert) {
  for (const auto& key : {report_key(expert), dates_key(expert)}) store.save_note(key, "");
}

mll::onnx_options read_network(const mll::hub_store& store) {
  return nlohmann::json::parse(read_setting(store, "network")).get<example::network_settings>().options();
}

}  // namespace hub_tool
