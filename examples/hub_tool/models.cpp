// add, list, remove
#include <algorithm>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "../support/left_out.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

using nlohmann::json;

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
    std::set<std::string> known;
    for (const auto& model : store.models()) known.insert(model.name);
    json added = json::array();
    json refused = json::array();
    for (const std::filesystem::path file : given.files) {
      try {
        if (file.extension() != hub_type::extension)
          throw mll::parse_error{file.string(), 0, std::string{"extension "} + hub_type::extension,
                                 "'" + file.extension().string() + "'"};
        const auto model = hub_type::load(file, read_network(store));
        hub_type::prove(model);
        const auto entry = example::model_entry<hub_type>(file, model, network);
        const bool is_new = known.insert(entry.name).second;
        if (is_new) {
          store.add_model(entry);
        } else {
          store.update_model(entry.name, entry);
        }
        added.push_back(entry.name);
        out.say((is_new ? "added " : "updated ") + entry.name + " (" + std::to_string(entry.heads.size()) +
                " heads)");
      } catch (const mll::store_error&) {
        throw;
      } catch (const std::exception& problem) {  // one bad file, whatever it causes, leaves the others alone
        out.warn(example::left_out(file, problem.what()));
        refused.push_back({{"file", file.string()}, {"why", problem.what()}});
      }
    }
    out.result({{"added", added}, {"refused", refused}});
    return refused.empty() ? ok : incomplete;
  });
}

int list(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  json models = json::array();
  for (const auto& model : store.models()) {
    models.push_back({{"id", model.id.value()},
                      {"name", model.name},
                      {"file", model.file},
                      {"heads", model.heads},
                      {"state", to_string(model.state)},
                      {"failure", model.failure},
                      {"bytes", model.bytes},
                      {"parameters", model.parameters},
                      {"seconds_per_sample", model.latency}});
    out.say(model.name + "\t" + to_string(model.state) + "\t" + std::to_string(model.heads.size()) +
            " heads\t" + std::to_string(model.bytes) + " bytes" +
            (model.failure.empty() ? "" : "\tfailed: " + model.failure));
  }
  json selections = json::array();
  for (const auto& each : store.selections()) {
    selections.push_back({{"name", each.name}, {"stale", each.stale}});
    out.say("selection " + each.name + (each.stale ? "\tstale: labels have changed since" : ""));
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
  for (const auto& name : given.models) {
    store.remove_model(name);
    out.say("removed " + name);
  }
  store.compact();
  out.result({{"removed", given.models}});
  return ok;
}

}  // namespace hub_tool
