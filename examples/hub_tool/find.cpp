// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// find
#include <mll/find/find.hpp>
#include <mll/find/find_like.hpp>
#include <mll/report/detail/words.hpp>
#include <mll/report/explain.hpp>
#include <mll/store/hub_store.hpp>

#include <cstddef>
#include <iomanip>
#include <locale>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

std::ostringstream table() {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(2);
  return out;
}

/// The head that MODEL:HEAD names: by its name, or by its number from 0.
mll::head_id read_head(const mll::model_labels& labels, const std::string& text) {
  const auto refuse = [&](const std::string& found) {
    throw mll::invalid_argument{"--like", "MODEL:HEAD, a labelled model and one of its heads", found};
  };
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    for (const auto& label : labels.models()) {
      if (label.name != text.substr(0, colon)) continue;
      const std::string wanted = text.substr(colon + 1);
      for (std::size_t h = 0; h < label.heads.size(); ++h) {
        if (label.heads[h] == wanted || std::to_string(h) == wanted)
          return {label.model, static_cast<std::uint32_t>(h)};
      }
      refuse("'" + wanted + "', which is not a head of '" + label.name + "'");
    }
  }
  refuse("'" + text + "'");
  return {};
}

int find_alike(const mll::model_labels& labels, const arguments& given, const output& out) {
  const mll::head_id head = read_head(labels, given.like);
  const auto found = mll::find_like(example_backend{}, labels, head, given.top);
  json rows = json::array();
  auto text = table();
  text << "correlation  head\n";
  for (const auto& each : found) {
    rows.push_back({{"model", each.model}, {"head", each.name}, {"correlation", each.correlation}});
    text << std::setw(11) << each.correlation << "  " << printable(each.name) << " of "
         << printable(each.model) << '\n';
  }
  std::string said = text.str();
  said.pop_back();
  out.say(said);
  out.result({{"like", given.like}, {"heads", rows}});
  return ok;
}

/// Whether there is evidence, in words.
std::string verdict(const mll::found_heads& found, const mll::semantic_dag<>& graph) {
  const auto& meaning = found.meaning;
  std::string out = mll::detail::to_words(graph[meaning.node]) + ": " + graph[meaning.node].gloss + "\n" +
                    mll::detail::coverage_in_words(meaning, graph);
  if (!found.sufficient) out += "; insufficient evidence: the ranking rests on names";
  return out;
}

}  // namespace

int find(const arguments& given, const output& out) {
  if (given.query.empty() == given.like.empty())
    throw mll::invalid_argument{"find", "a concept or --like MODEL:HEAD",
                                given.like.empty() ? "neither" : "both"};
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto graph = read_labelled_graph(store);
  const auto labels = store.labels(graph);
  if (labels.empty()) throw mll::invalid_argument{"STORE", "a store with labels", "one without; run label"};
  if (!given.like.empty()) return find_alike(labels, given, out);
  const auto found = mll::find(example_backend{}, labels, graph, given.query,
                               {.max_heads = given.top, .use_names = !given.no_names});
  if (!found.meaning.node.valid())
    throw mll::invalid_argument{"CONCEPT", "a word of the graph",
                                "'" + given.query + "'" + mll::detail::suggestions_in_words(found.meaning)};
  json rows = json::array();
  auto text = table();
  text << verdict(found, graph);
  if (!found.heads.empty()) text << "\nprobability   AUC  response  rival  head";
  for (const auto& each : found.heads) {
    const bool rivalled = each.rival.valid();
    const std::string rival = rivalled ? mll::detail::to_words(graph[each.rival]) : "";
    rows.push_back({{"model", each.model},
                    {"head", each.name},
                    {"probability", each.probability},
                    {"auc", rivalled ? json(each.auc) : json()},
                    {"response", rivalled ? json(each.response) : json()},
                    {"rival", rivalled ? json(graph[each.rival].id) : json()},
                    {"rival_response", rivalled ? json(each.rival_response) : json()},
                    {"name_match", each.name_match}});
    text << '\n' << std::setw(11) << each.probability;
    if (rivalled) {
      text << std::setw(6) << each.auc << std::setw(10) << each.response << std::setw(7)
           << each.rival_response;
    } else {
      text << std::setw(6) << "-" << std::setw(10) << "-" << std::setw(7) << "-";
    }
    text << "  " << printable(each.name) << " of " << printable(each.model)
         << (rivalled ? " (rival: " + rival + ")" : "");
  }
  out.say(text.str());
  out.result({{"query", printable(given.query)},
              {"node", graph[found.meaning.node].id},
              {"gloss", graph[found.meaning.node].gloss},
              {"samples", found.meaning.sample_count},
              {"sufficient", found.sufficient},
              {"heads", rows}});
  return ok;
}

}  // namespace hub_tool
