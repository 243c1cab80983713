// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// label
#include <mll/model/hub.hpp>
#include <mll/store/update_store.hpp>

#include <cstddef>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/backend.hpp"
#include "../support/left_out.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "general.hpp"
#include "register_samples.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

/// Loads the models of the store; registers those whose files have changed, loadable or not, so that no label
/// of an earlier file stays in use.
template <class Hub>
mll::hub<typename Hub::sample_type> load_models(mll::hub_store& store, const output& out, json& problems) {
  const std::string network = read_setting(store, "network");
  mll::hub<typename Hub::sample_type> models;
  for (const auto& known : store.models()) {
    if (stop.stop_requested()) throw mll::cancelled{"labelling: stopped before the first step"};
    const auto file = from_stored_path(store.file(), known.file);
    std::string fingerprint;
    std::string dates;
    try {
      dates = example::file_dates(file);
      fingerprint = example::model_fingerprint(file, network);
      auto model = Hub::load(file, read_network(store));
      auto entry = example::model_entry<Hub>(file, model, network, fingerprint);
      entry.name = known.name;
      entry.file = known.file;
      entry.latency = known.latency;
      if (entry.fingerprint != known.fingerprint || entry.heads != known.heads) {
        store.update_model(known.name, entry);
        out.say(known.name + " has changed and is labelled again");
      }
      if (entry.fingerprint != known.fingerprint || known.state != mll::label_state::complete) {
        Hub::prove(model);
        save_report(store, known.name, Hub::report(file, model));
      }
      save_dates(store, known.name, dates);
      models.add(known.name, std::move(model));
    } catch (const mll::store_error&) {
      throw;
    } catch (const std::exception& problem) {  // one bad file, whatever it causes, leaves the others alone
      std::string why = problem.what();
      if (!fingerprint.empty()) {
        const auto entry = example::unloadable_entry(known, file, fingerprint);
        if (entry.fingerprint != known.fingerprint) {
          store.update_model(known.name, entry);
          why += " (it has changed: its label is stale)";
        }
        save_dates(store, known.name, dates);
      }
      out.warn(example::left_out(file, why));
      problems.push_back({{"model", known.name}, {"why", printable(why)}});
    }
  }
  return models;
}

json to_json(const mll::store_change& change) {
  return {{"added", change.added}, {"replaced", change.replaced}, {"removed", change.removed}};
}

template <class Hub>
int label_hub(mll::hub_store& store, const arguments& given, const output& out) {
  if (!given.general.empty()) set_general(store, given.general);
  const auto graph = read_graph(store);
  auto [samples, change] = register_samples<Hub>(store, graph, given, out);
  if (!change.empty()) {
    out.say("samples: " + std::to_string(change.added.size()) + " nodes added, " +
            std::to_string(change.replaced.size()) + " changed, " + std::to_string(change.removed.size()) +
            " removed; " + std::to_string(change.incomplete) + " models to complete");
  }
  json problems = json::array();
  auto models = load_models<Hub>(store, out, problems);
  Hub::fit(samples, models);
  if constexpr (requires { Hub::decoded_side(models); }) {
    // Samples of tasks are decoded as those of nodes were.
    store.save_note("max_side", std::to_string(Hub::decoded_side(models)));
  }
  if (given.register_only) {
    const std::size_t nodes = store.nodes().size();
    out.say("registered " + std::to_string(models.size()) + " models and the samples of " +
            std::to_string(nodes) + " nodes");
    out.result(
        {{"models", models.size()}, {"nodes", nodes}, {"problems", problems}, {"samples", to_json(change)}});
    return problems.empty() ? ok : incomplete;
  }
  const auto done = mll::update_store(example_backend{}, store, models, samples, graph,
                                      labelling_options<Hub>(models, given, out));
  for (const auto& failure : done.failures) {
    out.warn(failure.message);
    problems.push_back({{"model", failure.name}, {"why", printable(failure.message)}});
  }
#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
  if constexpr (std::is_same_v<Hub, example::image_hub>) {
    try {
      if (const std::size_t embedded = label_general(store, samples, graph, out); embedded != 0)
        out.say("general model: embedded the samples of " + std::to_string(embedded) + " nodes");
    } catch (const mll::cancelled&) {
      throw;
    } catch (const mll::store_error&) {
      throw;
    } catch (const std::exception& problem) {  // the labels of the experts stay
      const std::string text = example::left_out(general_folder(store), problem.what());
      out.warn(text);
      problems.push_back({{"model", "general model"}, {"why", printable(text)}});
    }
  }
#endif
  std::size_t complete = 0;
  for (const auto& model : store.models()) complete += model.state == mll::label_state::complete ? 1 : 0;
  const std::size_t nodes = store.nodes().size();
  out.say("labelled " + std::to_string(done.labelled.size()) + " models; " + std::to_string(complete) +
          " of " + std::to_string(store.models().size()) + " are labelled on " + std::to_string(nodes) +
          " nodes");
  out.result({{"labelled", done.labelled},
              {"complete", complete},
              {"nodes", nodes},
              {"problems", problems},
              {"samples", to_json(change)}});
  return problems.empty() ? ok : incomplete;
}

}  // namespace

int label(const arguments& given, const output& out) {
  if (given.set.contains("--shard") || given.set.contains("--into")) return label_shard(given, out);
  auto store = mll::hub_store::open(given.store);
  return with_hub(read_setting(store, "samples"),
                  [&](auto hub) { return label_hub<decltype(hub)>(store, given, out); });
}

}  // namespace hub_tool
