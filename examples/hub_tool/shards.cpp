// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// label --shard, merge, missing
#include <mll/model/hub.hpp>
#include <mll/store/shards/label_shard.hpp>
#include <mll/store/shards/merge_stores.hpp>
#include <mll/store/shards/missing_shards.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "../support/backend.hpp"
#include "commands.hpp"
#include "register_samples.hpp"
#include "registered.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* remedy = "; run label STORE --register";

/// The share in a text I/N.
mll::label_share parse_share(const std::string& text) {
  mll::label_share out;
  const char* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, out.number);
  bool good = number.ec == std::errc{} && number.ptr != end && *number.ptr == '/';
  if (good) {
    const auto count = std::from_chars(number.ptr + 1, end, out.count);
    good = count.ec == std::errc{} && count.ptr == end && out.number >= 1 && out.number <= out.count;
  }
  if (!good) throw mll::invalid_argument{"--shard", "I/N with I from 1 to N, such as 3/8", "'" + text + "'"};
  return out;
}

/// Gives a shard the settings of its base, with the places as seen from the shard, so that it can be used as
/// any other store.
void copy_settings(const mll::hub_store& base, mll::hub_store& shard) {
  if (!shard.note("samples")) {
    save_graph_settings(shard, read_graph_settings(base));
    shard.save_note("representation", to_stored_path(shard.file(), read_representation(base).string()));
    shard.save_note("network", read_setting(base, "network"));
    if (const auto side = base.note("max_side")) shard.save_note("max_side", *side);
    shard.save_note("samples", read_setting(base, "samples"));  // last: with it the settings are complete
  }
  std::map<std::string, std::string> files;
  for (const auto& model : base.models()) {
    const fs::path file = from_stored_path(base.file(), model.file);
    files.emplace(model.name, to_stored_path(shard.file(), file.string()));
  }
  for (auto model : shard.models()) {
    const auto file = files.find(model.name);
    if (file == files.end() || model.file == file->second) continue;
    model.file = file->second;
    shard.update_model(model.name, model);
  }
}

template <class Hub>
int label_share_of(const mll::hub_store& base, const arguments& given, const output& out) {
  const mll::label_share share = parse_share(given.shard);
  if (base.nodes().empty())
    throw mll::invalid_argument{"STORE", "a store with samples", std::string{"one without"} + remedy};
  const auto graph = read_graph(base);
  if (!base.matches_graph(graph))
    throw mll::invalid_argument{"graph", "the graph of the store", std::string{"another one"} + remedy};
  const auto samples = read_registered_samples<Hub>(base, graph, out, remedy);
  json problems = json::array();
  const auto nodes = base.nodes();
  const auto is_wanted = [&](const mll::stored_model& model) {
    return model.state != mll::label_state::complete &&
           std::any_of(nodes.begin(), nodes.end(),
                       [&](const auto& node) { return share.has(model, node.synset); });
  };
  const auto models = load_registered<Hub>(base, is_wanted, remedy, out, problems);
  const auto done = mll::label_shard(example_backend{}, base, given.into, share, models, samples, graph,
                                     {.labelling = labelling_options<Hub>(models, given, out)});
  auto shard = mll::hub_store::open(given.into);
  copy_settings(base, shard);
  for (const auto& failure : done.failures) {
    out.warn(failure.message);
    problems.push_back({{"model", failure.name}, {"why", printable(failure.message)}});
  }
  out.say("shard " + given.shard + ": made " + std::to_string(done.chunks) +
          " labels (of one model on one node) in " + printable(given.into));
  out.result({{"shard", share.number},
              {"shards", share.count},
              {"into", printable(given.into)},
              {"labels", done.chunks},
              {"labelled", done.labelled},
              {"problems", problems}});
  return problems.empty() ? ok : incomplete;
}

}  // namespace

int label_shard(const arguments& given, const output& out) {
  if (given.shard.empty() || given.into.empty())
    throw mll::invalid_argument{"label", "--shard I/N and --into SHARD together", "one of them"};
  for (const char* option : {"--general", "--drop-missing", "--register"}) {
    if (given.set.contains(option))
      throw mll::invalid_argument{option, "no --shard: with it, STORE is only read", "both"};
  }
  const auto base = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  return with_hub(read_setting(base, "samples"),
                  [&](auto hub) { return label_share_of<decltype(hub)>(base, given, out); });
}

int merge(const arguments& given, const output& out) {
  auto store = mll::hub_store::open(given.store);
  const std::vector<fs::path> files{given.files.begin(), given.files.end()};
  const auto done = mll::merge_stores(store, files, {.observer = out.progress(), .stop = stop.get_token()});
  json shards = json::array();
  std::size_t added = 0;
  std::size_t foreign = 0;
  for (const auto& each : done.shards) {
    const std::string name = printable(each.file.string());
    if (each.foreign != 0)
      out.warn(name + ": left out " + std::to_string(each.foreign) +
               " labels of models or samples that the store does not have now");
    out.say(name + ": " + std::to_string(each.added) + " labels added, " + std::to_string(each.present) +
            " were there");
    shards.push_back(
        {{"file", name}, {"added", each.added}, {"present", each.present}, {"foreign", each.foreign}});
    added += each.added;
    foreign += each.foreign;
  }
  std::size_t complete = 0;
  const auto models = store.models();
  for (const auto& model : models) complete += model.state == mll::label_state::complete ? 1 : 0;
  out.say("added " + std::to_string(added) + " labels (of one model on one node); " +
          std::to_string(complete) + " of " + std::to_string(models.size()) + " models are labelled");
  out.result({{"shards", shards},
              {"added", added},
              {"completed", done.completed},
              {"complete", complete},
              {"models", models.size()}});
  return foreign == 0 ? ok : incomplete;
}

int missing(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto work = mll::missing_shards(store, given.shards);
  json missing = json::array();
  std::string numbers;
  std::size_t labels = 0;
  for (const auto& each : work) {
    missing.push_back({{"shard", each.number}, {"labels", each.labels}, {"runs", each.samples}});
    numbers += (numbers.empty() ? "" : ",") + std::to_string(each.number);
    labels += each.labels;
  }
  json failures = json::array();
  for (const auto& model : store.models()) {
    if (model.failure.empty() || model.state == mll::label_state::complete) continue;
    out.warn(model.failure);
    failures.push_back({{"model", model.name}, {"why", printable(model.failure)}});
  }
  if (!work.empty()) out.say(numbers);
  out.result({{"shards", given.shards}, {"missing", missing}, {"labels", labels}, {"failures", failures}});
  return work.empty() ? ok : incomplete;
}

}  // namespace hub_tool
