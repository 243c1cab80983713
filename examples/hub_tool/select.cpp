// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// select, explain
#include <mll/core/detail/code_point.hpp>
#include <mll/core/text/utf8.hpp>
#include <mll/dist/select.hpp>
#include <mll/mll.hpp>
#include <mll/store/hub_store.hpp>
#include <mll/store/save_profile.hpp>
#include <mll/store/store_source.hpp>
#include <mll/store/stored_profile.hpp>
#include <mll/store/stored_shift.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../support/backend.hpp"
#include "../support/left_out.hpp"
#include "../support/read_task.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "general.hpp"
#include "ranks.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

/// The heads that the files of a model name now. Throws: what loading it throws.
std::vector<std::string> head_names(const mll::hub_store& store, const std::filesystem::path& file) {
  return with_hub(read_setting(store, "samples"), [&](auto hub) {
    const auto model = decltype(hub)::load(file, read_network(store));
    std::vector<std::string> out;
    for (std::size_t h = 0; h < model.head_count(); ++h) out.push_back(model.head_name(h));
    return out;
  });
}

json to_json(const mll::selection& chosen, const mll::task& task) {
  json heads = json::array();
  for (const auto& reason : chosen.reasons) {
    heads.push_back({{"class", task[reason.target].name},
                     {"model", reason.model},
                     {"head", reason.name},
                     {"weight", reason.weight},
                     {"response", reason.response},
                     {"rival", task[reason.rival].name},
                     {"rival_response", reason.rival_response}});
  }
  std::vector<std::string> models;
  for (const auto& each : chosen.models) models.push_back(each.name);
  json out{{"method", chosen.method}, {"models", models}, {"heads", heads}};
  if (chosen.estimate) {
    const mll::accuracy_estimate& estimate = *chosen.estimate;
    out["expected_accuracy"] = {{"value", estimate.accuracy},
                                {"low", estimate.low},
                                {"high", estimate.high},
                                {"world", "like the representation samples"},
                                {"elsewhere",
                                 {{"value", estimate.elsewhere.value},
                                  {"low", estimate.elsewhere.low},
                                  {"high", estimate.elsewhere.high}}},
                                {"insufficient", estimate.insufficient},
                                {"caution", estimate.caution}};
  }
  return out;
}

/// Reads the statistics of the nodes of the task, the responses of the screened heads and, for the folds of
/// the estimate, those of all heads at these nodes.
mll::selection select_heads(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                            const mll::task_match& match, const std::vector<mll::node_id>& nodes,
                            const arguments& given, const mll::shift_fit& shift,
                            std::optional<mll::label_basis>& basis) {
  const mll::store_source source = given.ranks
                                       ? mll::store_source{store, graph, nodes, share_of_models(*given.ranks)}
                                       : mll::store_source{store, graph, nodes};
  basis = source.basis();
  if (given.ranks) require_same(*given.ranks, basis->of_all() + store.origin().graph);
  const auto embeddings = read_general_labels(store, graph, source.samples());
  const auto general = read_general_heads(store, embeddings, source.samples(), match);
  const mll::select_options<> options{.method = {.budget = mll::heads_per_class{given.heads}},
                                      .general = general ? &*general : nullptr,
                                      .shift = shift};
  if (!given.ranks) return mll::select(example_backend{}, source, match, options);
  auto ranks = *given.ranks;
  return mll::select(example_backend{}, ranks, source, match, options);
}

/// What the other ranks do while the first one selects: their part, as often as it asks.
int help_select(const arguments& given) {
  while (is_help_wanted(*given.ranks)) {
    const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
    const auto graph = read_labelled_graph(store);
    const auto match = mll::match(example_backend{}, example::read_task(given.classes, given.captions), graph,
                                  store.layout(graph));
    const auto learnt = mll::find_shift(store);
    std::optional<mll::label_basis> basis;
    static_cast<void>(select_heads(store, graph, match, mll::nodes_of(match), given,
                                   learnt ? learnt->fit : mll::shift_fit{}, basis));
  }
  return ok;
}

/// The profile of the hub: the one that the store keeps, brought up to date if labels or the general model
/// have changed. @return it, and how many models are new
mll::profile_update read_profile(mll::hub_store& store, const mll::semantic_dag<>& graph,
                                 const mll::model_labels& labels, const mll::general_model_labels* general,
                                 const mll::label_basis& basis, const output& out) {
  const example_backend backend;
  const std::size_t models = labels.models().size();
  mll::profile_update found;
  auto kept = mll::find_stored_profile(store, graph);
  if (kept && !kept->stale && general == nullptr && !kept->profile.has_general())
    return {.profile = std::move(kept->profile), .kept = models, .changed = false};
  if (kept) {
    const auto content = kept->profile.content;
    found = mll::update_profile(backend, std::move(kept->profile), labels, graph,
                                {.general = general, .matching = {.content = content.get()}});
    if (!found.changed && !kept->stale) return found;
  } else {
    found.profile = mll::profile(backend, labels, graph, {.general = general});
    found.made = models;
  }
  mll::save_profile(store, found.profile, basis);
  out.say("profile of the hub: " + std::to_string(found.made) + " of " + std::to_string(models) +
          " models are new" +
          (found.dropped == 0 ? "" : ", " + std::to_string(found.dropped) + " earlier ones dropped"));
  return found;
}

/// Reads all labels and the profile of the hub.
mll::selection select_experts(mll::hub_store& store, const mll::semantic_dag<>& graph,
                              const mll::task_match& match, std::size_t experts, const mll::shift_fit& shift,
                              std::optional<mll::label_basis>& basis, json& told, const output& out) {
  const example_backend backend;
  basis = store.basis();
  const auto labels = store.labels(graph);
  const auto embeddings = read_general_labels(store, graph, labels.samples());
  const auto general = read_general_heads(store, embeddings, labels.samples(), match);
  const auto profiled = read_profile(store, graph, labels, embeddings ? &*embeddings : nullptr, *basis, out);
  told = {{"models", labels.models().size()}, {"new", profiled.made}};
  return mll::select(backend, labels, match,
                     {.method = {.budget = mll::experts{experts}},
                      .general = general ? &*general : nullptr,
                      .profile = &profiled.profile,
                      .shift = shift});
}

/// Marks the labels of those models as stale whose files are not the ones that were labelled.
/// @return whether there were any
bool mark_changed(mll::hub_store& store, const std::vector<mll::selected_model>& models, const output& out,
                  std::vector<std::string>& unreadable) {
  const std::string network = read_setting(store, "network");
  const auto known = store.models();
  bool out_of_date = false;
  for (const mll::selected_model& used : models) {
    const auto at =
        std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.name == used.name; });
    if (at == known.end() || at->file.empty() || at->state != mll::label_state::complete) continue;
    const auto file = from_stored_path(store.file(), at->file);
    try {
      auto entry = *at;
      entry.fingerprint = example::model_fingerprint(file, network);
      const bool has_same_content = entry.fingerprint == at->fingerprint;
      if (has_same_content) entry.heads = head_names(store, file);  // a file beside it can name them
      if (has_same_content && entry.heads == at->heads) continue;
      store.update_model(at->name, entry);
      out_of_date = true;
      out.warn(example::left_out(file, "it has changed since it was labelled: run label"));
    } catch (const mll::store_error&) {
      throw;
    } catch (const mll::error& problem) {  // the labels are of the model that was there
      if (std::find(unreadable.begin(), unreadable.end(), at->name) != unreadable.end()) continue;
      unreadable.push_back(at->name);
      out.warn("cannot be compared with what was labelled: " + std::string{problem.what()});
    }
  }
  return out_of_date;
}

/// What a selection depends on besides the labels.
json asked_for(const mll::hub_store& store, const arguments& given, const mll::task& task,
               const mll::shift_fit& shift) {
  json classes = json::array();
  for (const auto& each : task.classes()) classes.push_back({each.name, each.caption});
  json out{{"classes", classes}};
  if (shift != mll::shift_fit{}) out["shift"] = {shift.name, shift.coefficients, shift.spread, shift.fall};
  out[given.experts == 0 ? "heads" : "experts"] = given.experts == 0 ? given.heads : given.experts;
  if (const auto general = general_folder(store); !general.empty())
    out["general"] = general_fingerprint(general);
  return out;
}

/// The document of an earlier call with the same arguments on the same labels and graph, if there is one.
std::optional<json> still_valid(const mll::hub_store& store, const arguments& given, const json& asked) {
  const auto found = store.find_selection(given.name);
  if (!found || found->stale || !found->chosen || found->chosen->threshold != given.threshold.value_or(0))
    return std::nullopt;
  json document = json::parse(found->document, nullptr, false);
  const bool same = document.is_object() && document.value("asked", json()) == asked &&
                    document.value("hub", "") == store.basis().of_all() &&
                    document.value("graph", "") == store.origin().graph;
  return same ? std::optional{std::move(document)} : std::nullopt;
}

}  // namespace

int select(const arguments& given, const output& out) {
  constexpr std::size_t max_name_bytes = 1000;  // as of a class
  if (!mll::is_valid_utf8(given.name) || mll::detail::is_blank(given.name))
    throw mll::invalid_argument{"NAME", "a name in UTF-8 that can be seen", "'" + given.name + "'"};
  if (given.name.size() > max_name_bytes)
    throw mll::invalid_argument{"NAME", "at most " + std::to_string(max_name_bytes) + " bytes",
                                std::to_string(given.name.size())};
  if (given.ranks && given.experts != 0) {
    throw mll::invalid_argument{
        "--experts",
        "--heads under mpirun: experts are chosen from the labels of the whole hub in one memory",
        std::to_string(given.experts)};
  }
  if (given.ranks && given.ranks->rank() != 0) return help_select(given);
  auto store = mll::hub_store::open(given.store);
  const auto task = example::read_task(given.classes, given.captions);
  const auto learnt = mll::find_shift(store);
  if (learnt && learnt->stale)
    out.say("labels have changed since learn-shift: its result is used; run it again for a better one");
  const mll::shift_fit shift = learnt ? learnt->fit : mll::shift_fit{};
  const json asked = asked_for(store, given, task, shift);
  bool left_out = false;
  std::vector<std::string> unreadable;
  if (const auto before = store.find_selection(given.name); before && before->chosen && !before->stale)
    left_out = mark_changed(store, before->chosen->models, out, unreadable);
  if (const auto document = still_valid(store, given, asked)) {
    if (given.ranks) call_helpers(*given.ranks, false);
    out.say(document->at("explanation").get<std::string>() + "'" + given.name + "' is up to date");
    out.result(*document);
    return ok;
  }
  const auto graph = read_labelled_graph(store);
  const auto layout = store.layout(graph);
  const auto match = mll::match(example_backend{}, task, graph, layout);
  const auto nodes = mll::nodes_of(match);
  std::optional<mll::label_basis> basis;  // of what is read
  json profile;                           // how many models of it are new
  const auto choose = [&] {
    if (given.ranks) call_helpers(*given.ranks, true);
    return given.experts == 0
               ? select_heads(store, graph, match, nodes, given, shift, basis)
               : select_experts(store, graph, match, given.experts, shift, basis, profile, out);
  };
  auto chosen = choose();
  while (mark_changed(store, chosen.models, out, unreadable)) {  // each time with fewer models
    left_out = true;
    chosen = choose();
  }
  if (given.ranks) call_helpers(*given.ranks, false);
  chosen.threshold = given.threshold.value_or(0);
  for (auto& used : chosen.models) {
    if (!used.id.valid()) used.fingerprint = asked.at("general");
  }
  const std::size_t nodes_read = given.experts == 0 ? nodes.size() : layout.nodes().size();
  json document = to_json(chosen, match.task);
  document["name"] = given.name;
  document["classes"] = given.classes;
  document["nodes_read"] = nodes_read;
  document["nodes"] = layout.nodes().size();
  if (!profile.is_null()) document["profile"] = profile;
  document["asked"] = asked;
  document["hub"] = basis->of_all();
  document["graph"] = store.origin().graph;
  document["explanation"] = mll::explain(match, graph) + mll::explain(chosen);
  std::vector<std::string> models;
  for (const auto& used : chosen.models) {
    if (used.id.valid()) models.push_back(used.name);
  }
  if (models.empty()) {  // the general model alone was chosen among all
    for (const auto& model : store.models()) {
      if (model.state == mll::label_state::complete) models.push_back(model.name);
    }
  }
  const std::string read = basis->of(models);
  store.save_selection({.name = given.name,
                        .chosen = std::move(chosen),
                        .document = document.dump(),
                        .models = models,
                        .basis = read});
  out.say(document["explanation"].get<std::string>() + "saved as '" + given.name + "'; read " +
          std::to_string(nodes_read) + " of " + std::to_string(layout.nodes().size()) + " nodes");
  out.result(document);
  if (store.basis().of(models) == read) return left_out ? incomplete : ok;
  out.warn("labels have changed since they were read: '" + given.name + "' is stale; select again");
  return incomplete;
}

int explain(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  for (const auto& each : store.selections()) {
    if (each.name != given.name) continue;
    json document = json::parse(each.document);
    document["stale"] = each.stale;
    out.say(document["explanation"].get<std::string>() +
            (each.stale ? "stale: labels have changed since; select again" : "up to date"));
    out.result(document);
    return ok;
  }
  throw mll::invalid_argument{"NAME", "a selection of the store (see list)", "'" + given.name + "'"};
}

}  // namespace hub_tool
