// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// card
#include <mll/core/io/replace_file.hpp>
#include <mll/find/find_nodes.hpp>
#include <mll/profile/match_heads.hpp>
#include <mll/report/detail/words.hpp>
#include <mll/report/explain.hpp>
#include <mll/store/hub_store.hpp>

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <locale>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

/// Below this probability, the responses of a head contradict its name.
constexpr double lie = 0.02;
/// A head does not respond to a node with at least this many samples and at most this mean response.
constexpr std::size_t min_samples = 5;
constexpr double never = 0.02;
/// A head responds to a node from this probability on, or from half the largest.
constexpr double answers = 0.5;

/// Text in a table of Markdown.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view{"\\`*_{}[]<>#|&"}.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string number(double value) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(2) << value;
  return out.str();
}

/// What the measured responses say about a head.
struct head_card {
  std::string name;
  mll::node_id named;                    // invalid: the name is not in the graph
  std::vector<mll::found_node> nodes;    // by decreasing probability
  const mll::found_node* own = nullptr;  // what `named` measures

  [[nodiscard]] bool is_contradicted() const {
    return own != nullptr && own->sample_count >= min_samples && own->probability < lie &&
           own->auc < nodes.front().auc;
  }
};

head_card read_head_card(const mll::model_labels& labels, const mll::semantic_dag<>& graph, mll::head_id head,
                         const std::string& name, const mll::head_meaning& meaning) {
  head_card out{name, meaning.confidence == 1 ? meaning.node : mll::node_id{}, {}};
  const std::vector<mll::node_id> named{out.named};
  out.nodes = mll::find_nodes(example_backend{}, labels, graph, head, named);
  for (const auto& each : out.nodes) {
    if (each.node == out.named) out.own = &each;
  }
  return out;
}

std::string word(const mll::semantic_dag<>& graph, mll::node_id v) {
  return graph[v].lemmas.empty() ? graph[v].id : graph[v].lemmas.front().text;
}

std::string responds_to(const head_card& head, const mll::semantic_dag<>& graph) {
  std::string out;
  std::size_t shown = 0;
  for (const auto& each : head.nodes) {
    const bool clear = each.probability >= answers || each.probability >= head.nodes.front().probability / 2;
    if (!clear || ++shown > 4) break;
    out += (out.empty() ? "" : ", ") + cell(word(graph, each.node)) + " (" + number(each.response) + ")";
  }
  return out;
}

std::string never_responds_to(const head_card& head, const mll::semantic_dag<>& graph) {
  std::vector<const mll::found_node*> silent;
  for (const auto& each : head.nodes) {
    if (each.sample_count >= min_samples && each.response <= never) silent.push_back(&each);
  }
  std::stable_sort(silent.begin(), silent.end(),
                   [](const auto* a, const auto* b) { return a->response < b->response; });
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, silent.size()); ++i)
    out += (out.empty() ? "" : ", ") + cell(word(graph, silent[i]->node));
  if (silent.size() > 3) out += " and " + std::to_string(silent.size() - 3) + " more";
  return out.empty() ? "–" : out;
}

std::string verdict(const head_card& head) {
  if (!head.named.valid()) return "not in the graph";
  if (head.own == nullptr) return "no samples";
  if (head.own->sample_count < min_samples) return "insufficient evidence";
  if (head.is_contradicted()) return "**contradicted**";
  return head.own->probability >= answers ? "confirmed" : "not contradicted";
}

void write_card(std::ostream& out, const mll::stored_model& model, const std::vector<head_card>& heads,
                const mll::semantic_dag<>& graph, std::size_t rows, std::size_t nodes) {
  // A string of JSON is one of YAML.
  out << "---\nlibrary_name: mll\npipeline_tag: image-classification\ntags:\n- mll\n- "
         "model-label-learning\nmodel_name: "
      << json(printable(model.name)).dump()
      << "\nmodel-index:\n- name: " << json(printable(model.name)).dump() << "\n  results:\n";
  for (const auto& head : heads) {
    if (head.own == nullptr) continue;
    out << "  - task:\n      type: image-classification\n      name: "
        << json("head " + printable(head.name)).dump()
        << "\n    dataset:\n      type: representation-samples\n      name: "
        << json("samples of " + mll::detail::to_words(graph[head.named])).dump()
        << "\n    metrics:\n    - type: roc_auc\n      value: " << number(head.own->auc)
        << "\n      verified: false\n";
  }
  out << "---\n\n# " << cell(model.name)
      << "\n\nWritten from measurements: every head of this model was tested on " << rows << " samples of "
      << nodes << " nodes of a semantic graph. Only names are taken from the model.\n\n";
  out << "| | |\n|---|---|\n| heads | " << model.heads.size() << " |\n";
  if (model.parameters != 0) out << "| parameters | " << model.parameters << " |\n";
  if (model.bytes != 0) out << "| size of the file | " << model.bytes << " bytes |\n";
  if (model.latency > 0) out << "| time per sample | " << number(model.latency * 1e3) << " ms |\n";
  out << "\n## What each head responds to\n\nIn brackets: the mean response. A head never responds to nodes "
         "with a mean "
         "response of at most "
      << number(never) << ".\n\n| head | responds to | never to | its name |\n|---|---|---|---|\n";
  for (const auto& head : heads)
    out << "| " << cell(head.name) << " | " << responds_to(head, graph) << " | "
        << never_responds_to(head, graph) << " | " << verdict(head) << " |\n";
  out << "\n## Names that the responses contradict\n\n";
  bool any = false;
  for (const auto& head : heads) {
    if (!head.is_contradicted()) continue;
    any = true;
    const auto& best = head.nodes.front();
    out << "- **" << cell(head.name) << "** tells " << cell(word(graph, head.named))
        << " from other nodes with an AUC of " << number(head.own->auc) << " only; it responds to "
        << cell(word(graph, best.node)) << " (AUC " << number(best.auc) << ").\n";
  }
  if (!any) out << "None.\n";
  out << "\n## Per node\n\nThe best head of the model for each node with samples, the best nodes first. AUC: "
         "the "
         "probability that a sample of the node gets a higher response than one of another node.\n\n"
         "| node | samples | AUC | response | head |\n|---|---|---|---|---|\n";
  struct best {
    mll::found_node at;
    const head_card* head;
  };
  std::vector<best> per_node;
  for (const auto& head : heads) {
    for (const auto& each : head.nodes) {
      const auto known = std::find_if(per_node.begin(), per_node.end(),
                                      [&](const best& b) { return b.at.node == each.node; });
      if (known == per_node.end()) {
        per_node.push_back({each, &head});
      } else if (each.auc > known->at.auc) {
        *known = {each, &head};
      }
    }
  }
  std::stable_sort(per_node.begin(), per_node.end(),
                   [](const best& a, const best& b) { return a.at.auc > b.at.auc; });
  for (const auto& [at, head] : per_node)
    out << "| " << cell(word(graph, at.node)) << " | " << at.sample_count << " | " << number(at.auc) << " | "
        << number(at.response) << " | " << cell(head->name) << " |\n";
}

}  // namespace

int card(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto graph = read_labelled_graph(store);
  const auto labels = store.labels(graph);
  const auto models = store.models();
  const auto model =
      std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.name == given.name; });
  const auto label = std::find_if(labels.models().begin(), labels.models().end(),
                                  [&](const auto& each) { return each.name == given.name; });
  if (model == models.end() || label == labels.models().end())
    throw mll::invalid_argument{"MODEL", "a labelled model of the store (see list)", "'" + given.name + "'"};
  mll::model_labels alone{labels.samples()};
  alone.insert(*label);
  const auto meanings = mll::match_heads(example_backend{}, alone, graph);
  std::vector<head_card> heads(label->heads.size());
  for (std::size_t h = 0; h < heads.size(); ++h)
    heads[h] = read_head_card(alone, graph, {label->model, static_cast<std::uint32_t>(h)}, label->heads[h],
                              meanings[h]);
  std::ostringstream text;
  text.imbue(std::locale::classic());
  write_card(text, *model, heads, graph, labels.samples().row_count(), labels.samples().nodes().size());
  std::vector<std::string> lies;
  for (const auto& head : heads) {
    if (head.is_contradicted()) lies.push_back(printable(head.name));
  }
  if (given.page.empty()) {
    std::string card = text.str();
    card.pop_back();
    out.say(card);
  } else {
    mll::detail::replace_file(given.page, [&](std::ostream& file) { file << text.str(); });
    out.say("wrote " + printable(given.page));
  }
  json result{{"model", printable(given.name)}, {"heads", heads.size()}, {"lies", lies}};
  if (given.page.empty()) {
    result["card"] = text.str();
  } else {
    result["file"] = printable(given.page);
  }
  out.result(result);
  return ok;
}

}  // namespace hub_tool
