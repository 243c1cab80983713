// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// add, list, remove
#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <system_error>

#include "../support/left_out.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::absolute(a).lexically_normal() == fs::absolute(b).lexically_normal() ||
         fs::equivalent(a, b, ignored);
}

const char* to_string(mll::label_state state) {
  switch (state) {
    case mll::label_state::none:
      return "unlabelled";
    case mll::label_state::partial:
      return "partial";
    case mll::label_state::stale:
      return "stale";
    case mll::label_state::complete:
      return "labelled";
  }
  return "";
}

}  // namespace

int add(const arguments& given, const output& out) {
  auto store = mll::hub_store::open(given.store);
  const std::string network = read_setting(store, "network");
  return with_hub(read_setting(store, "samples"), [&](auto hub) {
    using hub_type = decltype(hub);
    std::map<std::string, mll::stored_model> known;
    for (auto& model : store.models()) known.emplace(model.name, model);
    std::map<std::string, fs::path> named;  // by the files of this call
    json added = json::array();
    json experts = json::array();
    json refused = json::array();
    for (const fs::path path : given.files) {
      const std::string shown = path.string();
      try {
        const auto [name, file] = hub_type::find(path);
        const auto [first, is_first] = named.emplace(name, file);
        if (!is_first) {
          if (is_same_file(first->second, file)) continue;
          throw mll::invalid_argument{shown, "a name of its own", "that of " + first->second.string()};
        }
        const std::string dates = example::file_dates(file);
        const std::string fingerprint = example::model_fingerprint(file, network);
        const auto model = hub_type::load(file, read_network(store));
        hub_type::prove(model);
        const auto report = hub_type::report(file, model);
        auto entry = example::model_entry<hub_type>(file, model, network, fingerprint);
        entry.name = name;
        entry.file = to_stored_path(store.file(), file.string());
        const auto before = known.find(entry.name);
        if (before == known.end()) {
          store.add_model(entry);
        } else {
          const auto old = from_stored_path(store.file(), before->second.file);
          std::error_code ignored;
          if (before->second.fingerprint != fingerprint && fs::exists(old, ignored) &&
              !is_same_file(old, file))
            throw mll::invalid_argument{
                shown, "a name of its own",
                "that of " + old.string() + "; remove " + entry.name + " first to replace it"};
          entry.latency = before->second.latency;
          store.update_model(entry.name, entry);
        }
        save_report(store, entry.name, report);
        save_dates(store, entry.name, dates);
        added.push_back(entry.name);
        out.say((before == known.end() ? "added " : "updated ") + printable(entry.name) + " (" +
                std::to_string(entry.heads.size()) + " heads): " + printable(report.line()));
        json told = report.json();
        told["name"] = printable(entry.name);
        experts.push_back(std::move(told));
      } catch (const mll::store_error&) {
        throw;
      } catch (const std::exception& problem) {  // one bad file, whatever it causes, leaves the others alone
        const std::string text = printable(example::left_out(path, problem.what()));
        out.warn(text);
        refused.push_back({{"file", printable(shown)}, {"why", text.substr(text.find(": ") + 2)}});
      }
    }
    out.result({{"added", added}, {"experts", experts}, {"refused", refused}});
    return refused.empty() ? ok : incomplete;
  });
}

int list(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  json models = json::array();
  for (const auto& model : store.models()) {
    const expert_files_state files = compare_dates(store, model);
    std::string remark;
    if (files == expert_files_state::changed)
      remark = "\tchanged: its files have another size or date than when they were read";
    if (files == expert_files_state::missing) remark = "\tmissing: its file does not exist";
    models.push_back({{"id", model.id.value()},
                      {"name", model.name},
                      {"file", from_stored_path(store.file(), model.file).string()},
                      {"heads", model.heads},
                      {"state", to_string(model.state)},
                      {"files", to_string(files)},
                      {"failure", model.failure},
                      {"bytes", model.bytes},
                      {"parameters", model.parameters},
                      {"seconds_per_sample", model.latency},
                      {"description", read_report(store, model.name)}});
    out.say(printable(model.name) + "\t" + to_string(model.state) + "\t" +
            std::to_string(model.heads.size()) + " heads\t" + std::to_string(model.bytes) + " bytes" +
            (model.failure.empty() ? "" : "\tfailed: " + printable(model.failure)) + remark);
  }
  json selections = json::array();
  for (const auto& each : store.selections()) {
    selections.push_back({{"name", each.name}, {"stale", each.stale}});
    out.say("selection " + printable(each.name) + (each.stale ? "\tstale: labels have changed since" : ""));
  }
  out.say(std::to_string(models.size()) + " models, " + std::to_string(store.nodes().size()) +
          " nodes with samples");
  out.result({{"models", models}, {"nodes", store.nodes().size()}, {"selections", selections}});
  return ok;
}

int remove(const arguments& given, const output& out) {
  auto store = mll::hub_store::open(given.store);
  const auto models = store.models();
  for (const auto& name : given.models) {
    if (std::none_of(models.begin(), models.end(), [&](const auto& model) { return model.name == name; }))
      throw mll::invalid_argument{"MODEL", "a model of the store (see list)", "'" + name + "'"};
  }
  const std::set<std::string> removed{given.models.begin(), given.models.end()};  // a name may be given twice
  for (const auto& name : removed) {
    store.remove_model(name);
    forget_expert(store, name);
    out.say("removed " + name);
  }
  try {
    store.compact();
  } catch (const mll::store_error& problem) {  // what was to be removed has gone
    out.warn(std::string{"the file keeps its size: "} + problem.what());
  }
  out.result({{"removed", removed}});
  return ok;
}

}  // namespace hub_tool
