// A hub in a file, from the command line: experts are added, labelled once, and asked who answers a question.
//
// needs component: sqlite
// needs package: CLI11 libcli11-dev
// needs package: nlohmann_json nlohmann-json3-dev
// test arguments: --help

#include <mll/label/io/npy.hpp>
#include <mll/mll.hpp>
#if MLL_TEST_ZIP
#include <mll/label/io/npz.hpp>
#endif
#include <mll/store/hub_store.hpp>
#include <mll/store/update_store.hpp>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "support/backend.hpp"
#include "support/hub_samples.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Exit codes; 2 is also what is left for errors of the command line itself.
constexpr int ok = 0;
constexpr int incomplete = 1;  // a store is damaged, or a model could not be used
constexpr int misused = 2;     // what was asked for makes no sense
constexpr int failed = 3;      // the store or a file cannot be read or written
constexpr int interrupted = 130;

constexpr const char* epilogue =
    R"(Files:
  image hubs:   DIR/<synset id, like n02121620>/<image>; experts NAME.onnx with head names in NAME.labels.txt
  vector hubs:  DIR/<synset id>.npy, float32 [samples, dimension]; experts NAME.npy, float32 [heads, dimension + 1]
                with the bias in the last column, and NAME.labels.txt

Exit codes: 0 done; 1 the store is damaged or a model could not be used; 2 wrong arguments; 3 a file cannot be read or
written; 130 interrupted (what was finished is kept).

Example:
  hub_tool init hub.mll --representation images
  hub_tool add hub.mll experts/*.onnx
  hub_tool label hub.mll
  hub_tool select hub.mll pets --classes "cat,dog,goldfish"
)";

struct settings {
  std::string store;
  std::string graph = "/usr/share/wordnet";
  std::string words;
  std::string representation;
  std::string samples = "images";
  std::size_t size = 0;
  std::string order = "rgb";
  std::string layout = "nchw";
  bool logits = false;
  std::vector<std::string> files;
  std::string name;
  std::vector<std::string> classes;
  std::string captions;
  std::size_t heads = 3;
  std::size_t experts = 0;
  std::string where;
  std::size_t batch = 256;
  bool as_json = false;
  bool quiet = false;
};

std::stop_source stop;  // asked for by Ctrl-C

/// Says something to people; programs get the result as JSON.
class output {
 public:
  explicit output(const settings& set) : set_{set} {}
  void say(const std::string& text) const {
    if (!set_.as_json && !set_.quiet) std::cout << text << '\n';
  }
  void warn(const std::string& text) const { std::cerr << "hub_tool: " << text << '\n'; }
  void result(const json& value) const {
    if (set_.as_json) std::cout << value.dump(2) << '\n';
  }
  [[nodiscard]] mll::progress_observer progress() const {
    if (set_.quiet || isatty(STDERR_FILENO) == 0) return {};
    return mll::progress_bar(std::cerr);
  }

 private:
  const settings& set_;
};

std::string need(const mll::hub_store& store, const char* key) {
  const auto found = store.note(key);
  if (!found)
    throw mll::invalid_argument{"store", "one that hub_tool init has made",
                                "one without '" + std::string{key} + "'"};
  return *found;
}

mll::semantic_dag<> read_graph(const std::string& graph, const std::string& words) {
  if (fs::is_directory(graph)) return mll::read_wordnet(graph);
  mll::edge_list_options options;
  if (!words.empty()) options.node_table = words;
  return mll::read_edge_list(graph, options);
}
mll::semantic_dag<> read_graph(const mll::hub_store& store) {
  return read_graph(need(store, "graph"), need(store, "words"));
}

mll::onnx_options network_of(const mll::hub_store& store) {
  const json kept = json::parse(need(store, "network"));
  mll::onnx_options out;
  out.width = out.height = kept.at("size").get<std::size_t>();
  if (kept.at("order") == "bgr") out.order = mll::channel_order::bgr;
  if (kept.at("layout") == "nhwc") out.layout = mll::tensor_layout::nhwc;
  if (kept.at("logits").get<bool>()) out.output = mll::activation::softmax;
  return out;
}

/// Calls `work` with the kind of hub that a store holds.
template <class Work>
auto with_kind(const std::string& kind, const Work& work) {
  if (kind == "vectors") return work(hub_tool::vector_hub{});
#if MLL_TEST_OPENCV
  cv::setNumThreads(1);  // experts run side by side, one thread each
  return work(hub_tool::image_hub{});
#else
  throw mll::invalid_argument{"--samples", "vectors (this program was built without OpenCV)",
                              "'" + kind + "'"};
#endif
}

const char* to_words(mll::label_state state) {
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

json to_json(const mll::store_report& report) {
  json damages = json::array();
  for (const auto& each : report.damages)
    damages.push_back({{"model", each.model}, {"node", each.node}, {"what", each.what}});
  return {{"clean", report.clean()},
          {"models", report.model_count},
          {"nodes", report.node_count},
          {"chunks", report.chunk_count},
          {"damages", std::move(damages)}};
}

int init(const settings& set, const output& out) {
  if (!fs::is_directory(set.representation))
    throw mll::invalid_argument{"--representation", "a folder", "'" + set.representation + "'"};
  const auto absolute = [](const std::string& path) {
    return path.empty() ? path : fs::absolute(path).lexically_normal().string();
  };
  const auto graph = read_graph(set.graph, set.words);
  with_kind(set.samples, [](auto) { return true; });
  auto store = mll::hub_store::create(set.store);
  store.save_note("graph", absolute(set.graph));
  store.save_note("words", absolute(set.words));
  store.save_note("representation", absolute(set.representation));
  store.save_note("samples", set.samples);
  store.save_note(
      "network",
      json{{"size", set.size}, {"order", set.order}, {"layout", set.layout}, {"logits", set.logits}}.dump());
  out.say("made " + set.store + " for " + set.samples + ", over a graph of " + std::to_string(graph.size()) +
          " nodes");
  out.result({{"store", set.store}, {"samples", set.samples}, {"graph_nodes", graph.size()}});
  return ok;
}

int add(const settings& set, const output& out) {
  auto store = mll::hub_store::open(set.store);
  const std::string network = need(store, "network");
  return with_kind(need(store, "samples"), [&](auto kind) {
    using hub_kind = decltype(kind);
    std::set<std::string> known;
    for (const auto& model : store.models()) known.insert(model.name);
    json added = json::array();
    json refused = json::array();
    for (const fs::path file : set.files) {
      try {
        if (file.extension() != hub_kind::ending)
          throw mll::parse_error{file.string(), 0, std::string{"a file that ends in "} + hub_kind::ending,
                                 "another"};
        const auto model = hub_kind::load(file, network_of(store));
        const auto described = hub_tool::describe(file, model, network, hub_kind::parameters_of(file));
        const bool is_new = known.insert(described.name).second;
        if (is_new) {
          store.add_model(described);
        } else {
          store.update_model(described.name, described);
        }
        added.push_back(described.name);
        out.say((is_new ? "added " : "updated ") + described.name + " (" +
                std::to_string(described.heads.size()) + " heads)");
      } catch (const mll::store_error&) {
        throw;
      } catch (const mll::error& problem) {
        out.warn(std::string{"left out: "} + problem.what());
        refused.push_back({{"file", file.string()}, {"why", problem.what()}});
      }
    }
    out.result({{"added", added}, {"refused", refused}});
    return refused.empty() ? ok : incomplete;
  });
}

int list(const settings& set, const output& out) {
  const auto store = mll::hub_store::open(set.store, {.access = mll::store_access::read_only});
  json models = json::array();
  for (const auto& model : store.models()) {
    models.push_back({{"id", model.id.value()},
                      {"name", model.name},
                      {"file", model.file},
                      {"heads", model.heads},
                      {"state", to_words(model.state)},
                      {"failure", model.failure},
                      {"bytes", model.bytes},
                      {"parameters", model.parameters},
                      {"seconds_a_sample", model.latency}});
    out.say(model.name + "\t" + to_words(model.state) + "\t" + std::to_string(model.heads.size()) +
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

int label(const settings& set, const output& out) {
  auto store = mll::hub_store::open(set.store);
  const auto graph = read_graph(store);
  const std::string network = need(store, "network");
  return with_kind(need(store, "samples"), [&](auto kind) {
    using hub_kind = decltype(kind);
    std::vector<std::string> left_out;
    const auto samples = hub_kind::read_samples(need(store, "representation"), graph, left_out);
    for (const auto& each : left_out) out.warn("left out: " + each);
    const auto nodes = hub_tool::describe<hub_kind>(samples, graph);
    const auto change = store.set_samples(graph, nodes);
    if (!change.empty()) {
      out.say("samples: " + std::to_string(change.added.size()) + " nodes are new, " +
              std::to_string(change.replaced.size()) + " have changed, " +
              std::to_string(change.removed.size()) + " are gone; " + std::to_string(change.incomplete) +
              " labels are to be completed");
    }
    mll::hub<typename hub_kind::sample_type> models;
    json problems = json::array();
    for (const auto& known : store.models()) {
      try {
        auto model = hub_kind::load(known.file, network_of(store));
        auto now = hub_tool::describe(known.file, model, network, known.parameters);
        now.name = known.name;
        now.latency = known.latency;
        if (now.fingerprint != known.fingerprint || now.heads != known.heads) {
          store.update_model(known.name, now);
          out.say(known.name + " has changed: labelling it anew");
        }
        models.add(known.name, std::move(model));
      } catch (const mll::store_error&) {
        throw;
      } catch (const mll::error& problem) {
        out.warn(known.name + ": " + problem.what());
        problems.push_back({{"model", known.name}, {"why", problem.what()}});
      }
    }
    mll::update_store_options options;
    options.labelling = {.batch_size = set.batch, .observer = out.progress(), .stop = stop.get_token()};
    const auto done = mll::update_store(example_backend{}, store, models, samples, graph, options);
    for (const auto& failure : done.failures) {
      out.warn(failure.message);
      problems.push_back({{"model", failure.name}, {"why", failure.message}});
    }
    std::size_t complete = 0;
    for (const auto& model : store.models()) complete += model.state == mll::label_state::complete ? 1 : 0;
    out.say("labelled " + std::to_string(done.labelled.size()) + " models; " + std::to_string(complete) +
            " of " + std::to_string(store.models().size()) + " are labelled on " +
            std::to_string(nodes.size()) + " nodes");
    out.result(
        {{"labelled", done.labelled},
         {"complete", complete},
         {"nodes", nodes.size()},
         {"problems", problems},
         {"samples", {{"added", change.added}, {"replaced", change.replaced}, {"removed", change.removed}}}});
    return problems.empty() ? ok : incomplete;
  });
}

int verify(const settings& set, const output& out) {
  const auto report = mll::hub_store::open(set.store, {.access = mll::store_access::read_only}).verify();
  for (const auto& each : report.damages) {
    out.say("damaged: " + (each.model.empty() ? "" : "model " + each.model + ", node " + each.node + ": ") +
            each.what);
  }
  if (report.clean()) {
    out.say("all is well: " + std::to_string(report.model_count) + " models, " +
            std::to_string(report.node_count) + " nodes, " + std::to_string(report.chunk_count) +
            " labels of models on nodes");
  }
  out.result(to_json(report));
  return report.clean() ? ok : incomplete;
}

int repair(const settings& set, const output& out) {
  const auto found = mll::hub_store::repair(set.store);
  for (const auto& each : found.damages)
    out.say("was damaged: " + each.what + " " + each.model + " " + each.node);
  out.say(found.clean() ? "nothing to repair" : "repaired; run label to make anew what is missing");
  out.result(to_json(found));
  return ok;
}

mll::task read_task(const settings& set) {
  std::map<std::string, std::string> captions;
  if (!set.captions.empty()) {
    std::ifstream stream{set.captions};
    if (!stream) throw mll::parse_error{set.captions, 0, "a readable file", "none"};
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line);) {
      ++number;
      const auto tab = line.find('\t');
      if (tab == std::string::npos)
        throw mll::parse_error{set.captions, number, "CLASS<tab>SENTENCE", "no tab"};
      captions[line.substr(0, tab)] = line.substr(tab + 1);
    }
  }
  std::vector<mll::task_class> classes;
  for (const auto& name : set.classes) classes.push_back({name, captions[name]});
  return mll::task{std::move(classes)};
}

int select(const settings& set, const output& out) {
  auto store = mll::hub_store::open(set.store);
  const example_backend backend;
  const auto graph = read_graph(store);
  const auto layout = store.layout(graph);
  const auto match = mll::match(backend, read_task(set), graph, layout);
  // Only what the task is about is read, unless experts are to be chosen, which takes the profile of the hub.
  std::set<mll::node_id> asked;
  for (const auto& each : match.classes) {
    for (const auto& source : each.evidence) asked.insert(source.node);
  }
  const std::vector<mll::node_id> nodes{asked.begin(), asked.end()};
  const auto labels = set.experts == 0 ? store.labels(graph, nodes) : store.labels(graph);
  std::optional<mll::hub_profile> profile;
  if (set.experts != 0) profile = mll::profile(backend, labels, graph);
  const auto chosen = mll::select(
      backend, labels, match,
      {.method = {.budget = set.experts == 0 ? mll::selection_budget{mll::heads_per_class{set.heads}}
                                             : mll::selection_budget{mll::experts{set.experts}}},
       .profile = profile ? &*profile : nullptr});
  json heads = json::array();
  for (const auto& reason : chosen.reasons) {
    heads.push_back({{"class", match.task[reason.target].name},
                     {"model", reason.model},
                     {"head", reason.name},
                     {"weight", reason.weight},
                     {"response", reason.response},
                     {"rival", match.task[reason.rival].name},
                     {"rival_response", reason.rival_response}});
  }
  std::vector<std::string> models;
  for (const auto& each : chosen.models) models.push_back(each.name);
  json document{{"name", set.name},
                {"classes", set.classes},
                {"method", chosen.method},
                {"models", models},
                {"heads", heads},
                {"nodes_read", labels.samples().nodes().size()},
                {"nodes", layout.nodes().size()},
                {"explanation", mll::explain(match, graph) + mll::explain(chosen)}};
  if (chosen.estimate) {
    document["expected_accuracy"] = {
        {"value", chosen.estimate->accuracy}, {"low", chosen.estimate->low}, {"high", chosen.estimate->high}};
  }
  store.save_selection({.name = set.name, .document = document.dump(), .models = models});
  out.say(document["explanation"].get<std::string>() + "kept as '" + set.name + "'; read " +
          std::to_string(labels.samples().nodes().size()) + " of " + std::to_string(layout.nodes().size()) +
          " nodes");
  out.result(document);
  return ok;
}

int explain(const settings& set, const output& out) {
  const auto store = mll::hub_store::open(set.store, {.access = mll::store_access::read_only});
  for (const auto& each : store.selections()) {
    if (each.name != set.name) continue;
    json document = json::parse(each.document);
    document["stale"] = each.stale;
    out.say(document["explanation"].get<std::string>() +
            (each.stale ? "stale: labels have changed since; select again" : "the labels are as they were"));
    out.result(document);
    return ok;
  }
  throw mll::invalid_argument{"NAME", "a selection of the store (see list)", "'" + set.name + "'"};
}

bool is_npz(const std::string& path) {
  if (fs::path{path}.extension() != ".npz") return false;
#if !MLL_TEST_ZIP
  throw mll::invalid_argument{"WHERE", "a folder (this program was built without libzip)", "'" + path + "'"};
#endif
  return true;
}

int export_all(const settings& set, const output& out) {
  const auto store = mll::hub_store::open(set.store, {.access = mll::store_access::read_only});
  const auto graph = read_graph(store);
  const auto labels = store.labels(graph);
  if (labels.empty()) throw mll::invalid_argument{"STORE", "a store with labels", "none"};
  if (is_npz(set.where)) {
#if MLL_TEST_ZIP
    mll::export_labels_npz(labels, graph, set.where);
#endif
  } else {
    mll::export_labels(labels, graph, set.where);
  }
  out.say("wrote the labels of " + std::to_string(labels.models().size()) + " models to " + set.where);
  out.result({{"models", labels.models().size()}, {"where", set.where}});
  return ok;
}

int import_all(const settings& set, const output& out) {
  auto store = mll::hub_store::open(set.store);
  const auto graph = read_graph(store);
  const auto read = [&] {
    if (is_npz(set.where)) {
#if MLL_TEST_ZIP
      return mll::import_labels_npz(graph, set.where);
#endif
    }
    return mll::import_labels(graph, set.where);
  };
  const auto labels = read();
  for (const auto& each : labels.models()) store.write_label(each, labels.samples(), graph);
  out.say("took over the labels of " + std::to_string(labels.models().size()) + " models");
  out.result({{"models", labels.models().size()}});
  return ok;
}

int remove(const settings& set, const output& out) {
  auto store = mll::hub_store::open(set.store);
  const auto models = store.models();
  for (const auto& name : set.files) {
    if (std::none_of(models.begin(), models.end(), [&](const auto& model) { return model.name == name; }))
      throw mll::invalid_argument{"MODEL", "a model of the store (see list)", "'" + name + "'"};
  }
  for (const auto& name : set.files) {
    store.remove_model(name);
    out.say("removed " + name);
  }
  store.compact();
  out.result({{"removed", set.files}});
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  settings set;
  CLI::App app{"Keeps a hub of experts, and what they were seen to know, in one file.", "hub_tool"};
  app.footer(epilogue);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", set.as_json, "Print the result as JSON");
  app.add_flag("-q,--quiet", set.quiet, "Print errors only");
  app.set_version_flag("--version", "hub_tool of mll " MLL_VERSION);
  std::map<const CLI::App*, int (*)(const settings&, const output&)> actions;
  const auto command = [&](const char* name, const char* help,
                           int (*action)(const settings&, const output&)) {
    CLI::App* out = app.add_subcommand(name, help);
    out->add_option("STORE", set.store, "The file of the hub")->required();
    actions[out] = action;
    return out;
  };

  auto* made = command("init", "Make an empty store", init);
  made->add_option("--representation", set.representation, "Folder with samples that show what words mean")
      ->required();
  made->add_option("--samples", set.samples, "What the experts take")
      ->capture_default_str()
      ->check(CLI::IsMember({"images", "vectors"}));
  made->add_option("--graph", set.graph, "Folder of WordNet, or a file with lines CHILD<tab>PARENT")
      ->capture_default_str()
      ->check(CLI::ExistingPath);
  made->add_option("--words", set.words, "For a graph in a file: lines ID<tab>WORD|WORD<tab>GLOSS")
      ->check(CLI::ExistingFile);
  made->add_option("--size", set.size, "Pixels of a side of the networks' input (default: as the files say)");
  made->add_option("--order", set.order, "Order of the channels")
      ->capture_default_str()
      ->check(CLI::IsMember({"rgb", "bgr"}));
  made->add_option("--layout", set.layout, "Order of the dimensions")
      ->capture_default_str()
      ->check(CLI::IsMember({"nchw", "nhwc"}));
  made->add_flag("--logits", set.logits, "The networks end in logits, not in probabilities");

  command("add", "Add experts, or tell the store that their files have changed", add)
      ->add_option("FILE", set.files, "Files of experts")
      ->required();
  command("list", "List models, the state of their labels, and selections", list);
  command("label", "Label what is not labelled; goes on where it was interrupted", label)
      ->add_option("--batch", set.batch, "Samples given to an expert at a time")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command("verify", "Look at every byte of the store", verify);
  command("repair", "Take out what is damaged", repair);
  auto* selecting =
      command("select", "Choose heads for a task given by class names, and keep the choice", select);
  selecting->add_option("NAME", set.name, "What to call the selection")->required();
  selecting->add_option("--classes", set.classes, "Names of the classes, separated by commas")
      ->required()
      ->delimiter(',');
  selecting->add_option("--captions", set.captions, "File with lines CLASS<tab>SENTENCE")
      ->check(CLI::ExistingFile);
  auto* heads = selecting->add_option("--heads", set.heads, "Heads a class, at most")
                    ->capture_default_str()
                    ->check(CLI::PositiveNumber);
  selecting->add_option("--experts", set.experts, "Experts that may run, at most (instead of --heads)")
      ->check(CLI::PositiveNumber)
      ->excludes(heads);
  command("explain", "Say what a selection chose and why", explain)
      ->add_option("NAME", set.name, "The selection")
      ->required();
  command("export", "Write all labels for NumPy, as a folder of .npy files or as one .npz file", export_all)
      ->add_option("WHERE", set.where, "A new folder, an earlier export, or a file that ends in .npz")
      ->required();
  command("import", "Take labels of the store's models over from an export", import_all)
      ->add_option("WHERE", set.where, "The export")
      ->required();
  command("remove", "Remove models with their labels", remove)
      ->add_option("MODEL", set.files, "Names of models")
      ->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? ok : misused;
  }
  std::signal(SIGINT, [](int) {
    static_cast<void>(stop.request_stop());  // no callback is registered: this only sets a flag
    std::signal(SIGINT, SIG_DFL);
  });
  try {
    return actions.at(app.get_subcommands().front())(set, output{set});
  } catch (const mll::cancelled& problem) {
    if (isatty(STDERR_FILENO) != 0) std::cerr << '\n';  // the line of the progress bar
    std::cerr << "hub_tool: " << problem.what() << "; what was finished is kept\n";
    return interrupted;
  } catch (const mll::store_error& problem) {
    std::cerr << "hub_tool: " << problem.what() << '\n';
    return problem.code() == mll::store_errc::damaged ? incomplete : failed;
  } catch (const mll::invalid_argument& problem) {
    std::cerr << "hub_tool: " << problem.what() << '\n';
    return misused;
  } catch (const std::exception& problem) {
    std::cerr << "hub_tool: " << problem.what() << '\n';
    return failed;
  }
}
