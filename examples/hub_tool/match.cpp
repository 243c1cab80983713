// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// match
#include <mll/core/text/text_file.hpp>
#include <mll/label/sample_layout.hpp>
#include <mll/match/match.hpp>
#include <mll/report/detail/words.hpp>

#include <cstddef>
#include <iomanip>
#include <locale>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

/// The classes of a file of lines NAME or NAME<tab>SENTENCE.
mll::task read_names(const std::string& file) {
  const auto text = mll::detail::text_file::read(file);
  std::vector<mll::task_class> classes;
  mll::detail::for_each_line(text, mll::detail::last_line::may_be_open, [&](const auto& line) {
    const std::size_t tab = line.rest().find('\t');
    const std::string_view caption = tab == std::string_view::npos ? "" : line.rest().substr(tab + 1);
    classes.push_back({std::string{line.rest().substr(0, tab)}, std::string{caption}});
  });
  if (classes.size() < 2)
    throw mll::parse_error{text.name, 0, "at least 2 names, one per line", std::to_string(classes.size())};
  return mll::task{std::move(classes)};
}

std::string rounded(double probability) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(2) << probability;
  return out.str();
}

json to_json(const mll::sense_candidate& sense, const mll::semantic_dag<>& graph) {
  const mll::synset& node = graph[sense.node];
  return {{"node", node.id},
          {"word", node.lemmas.empty() ? "" : node.lemmas.front().text},
          {"gloss", node.gloss},
          {"matched", mll::detail::to_words(sense.kind)},
          {"probability", sense.probability}};
}

}  // namespace

int match_names(const arguments& given, const output& out) {
  constexpr double shown = 0.01;  // least probability of another sense in the text
  const auto graph = read_graph({given.graph, given.words, given.part_of_speech, given.drop_cycles});
  const auto found = mll::match(example_backend{}, read_names(given.names), graph, mll::sample_layout{});
  json classes = json::array();
  bool complete = true;
  for (std::size_t y = 0; y < found.task.size(); ++y) {
    const std::string& name = found.task[mll::class_id{y}].name;
    const mll::class_match& match = found.classes[y];
    std::string line = printable(name) + ": ";
    json senses = json::array();
    if (!match.node.valid()) {
      complete = false;
      line += "not in the graph" + mll::detail::suggestions_in_words(match);
    }
    for (const auto& sense : match.candidates) {
      const bool chosen = senses.empty();
      senses.push_back(to_json(sense, graph));
      if (!chosen && sense.probability < shown) continue;
      const mll::synset& node = graph[sense.node];
      line += (chosen ? "" : "\n  or ") + mll::detail::to_words(node) + ", probability " +
              rounded(sense.probability) + ", " + std::string{mll::detail::to_words(sense.kind)} +
              (chosen ? "\n  " : ": ") + node.gloss;
    }
    json same = json::array();
    for (const mll::class_id other : match.same_node_as) same.push_back(found.task[other].name);
    if (!same.empty()) line += "\n  the same node as '" + printable(same.front().get<std::string>()) + "'";
    out.say(line);
    classes.push_back({{"name", name},
                       {"node", match.node.valid() ? json(graph[match.node].id) : json()},
                       {"senses", std::move(senses)},
                       {"same_node_as", std::move(same)},
                       {"suggestions", match.suggestions}});
  }
  out.result({{"classes", std::move(classes)}, {"exact", found.exact}});
  return complete ? ok : incomplete;
}

}  // namespace hub_tool
