// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// report
#include <mll/core/io/replace_file.hpp>
#include <mll/report/html_hub_report.hpp>
#include <mll/report/html_selection_report.hpp>
#include <mll/store/hub_store.hpp>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

std::string in_words(mll::label_state state) {
  switch (state) {
    case mll::label_state::none:
      return "not labelled";
    case mll::label_state::partial:
      return "partly labelled";
    case mll::label_state::stale:
      return "stale";
    case mll::label_state::complete:
      return "labelled";
  }
  return "";
}

std::vector<mll::model_facts> facts_of(const mll::hub_store& store) {
  std::vector<mll::model_facts> out;
  for (const auto& model : store.models()) {
    out.push_back({.name = model.name,
                   .heads = model.heads.size(),
                   .parameters = model.parameters,
                   .bytes = model.bytes,
                   .latency = model.latency,
                   .state = in_words(model.state),
                   .failure = model.failure});
  }
  return out;
}

std::string report_on_hub(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                          const std::string& file) {
  const auto labels = store.labels(graph);
  if (labels.empty()) throw mll::invalid_argument{"STORE", "a store with labels", "one without; run label"};
  const std::string title = std::filesystem::path{file}.stem().string();
  return mll::html_hub_report(example_backend{}, labels, graph, title, facts_of(store));
}

std::string report_on_selection(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                                const std::string& name) {
  for (const auto& each : store.selections()) {
    if (each.name != name) continue;
    if (!each.chosen)
      throw mll::invalid_argument{"NAME", "a selection that was kept whole", "'" + name + "'; select again"};
    return mll::html_selection_report(name, *each.chosen, graph, facts_of(store));
  }
  throw mll::invalid_argument{"NAME", "a selection of the store (see list)", "'" + name + "'"};
}

}  // namespace

int report(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto graph = read_labelled_graph(store);
  const std::string document = given.name.empty() ? report_on_hub(store, graph, given.store)
                                                  : report_on_selection(store, graph, given.name);
  mll::detail::replace_file(given.page, [&](std::ostream& file) { file << document; });
  out.say("wrote " + printable(given.page));
  out.result({{"file", printable(given.page)}, {"bytes", document.size()}});
  return ok;
}

}  // namespace hub_tool
