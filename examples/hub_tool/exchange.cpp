// export, import
#include <mll/label/io/npy.hpp>
#if MLL_TEST_ZIP
#include <mll/label/io/npz.hpp>
#endif

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

bool is_npz(const std::string& path) {
  if (std::filesystem::path{path}.extension() != ".npz") return false;
#if !MLL_TEST_ZIP
  throw mll::invalid_argument{"WHERE", "a folder (this program was built without libzip)", "'" + path + "'"};
#endif
  return true;
}

mll::model_labels read_labels(const mll::semantic_dag<>& graph, const std::string& where) {
#if MLL_TEST_ZIP
  if (is_npz(where)) return mll::import_labels_npz(graph, where);
#else
  is_npz(where);
#endif
  return mll::import_labels(graph, where);
}

}  // namespace

int export_labels(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  const auto graph = read_graph(store);
  const auto labels = store.labels(graph);
  if (labels.empty()) throw mll::invalid_argument{"STORE", "a store with labels", "one without"};
  if (is_npz(given.where)) {
#if MLL_TEST_ZIP
    mll::export_labels_npz(labels, graph, given.where);
#endif
  } else {
    mll::export_labels(labels, graph, given.where);
  }
  out.say("wrote the labels of " + std::to_string(labels.models().size()) + " models to " + given.where);
  out.result({{"models", labels.models().size()}, {"where", given.where}});
  return ok;
}

int import_labels(const arguments& given, const output& out) {
  auto store = mll::hub_store::open(given.store);
  const auto graph = read_graph(store);
  const auto labels = read_labels(graph, given.where);
  for (const auto& each : labels.models()) store.write_label(each, labels.samples(), graph);
  out.say("imported the labels of " + std::to_string(labels.models().size()) + " models");
  out.result({{"models", labels.models().size()}});
  return ok;
}

}  // namespace hub_tool
