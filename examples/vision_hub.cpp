// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Classifies a folder of images with ONNX experts that were trained for other classes. Labels are kept in a
// store, so that a second run labels only what is new. (hub_tool does the same step by step.)
//
// needs component: opencv
// uses component: onnxruntime
// needs component: sqlite
// needs package: CLI11 libcli11-dev
// needs package: nlohmann_json nlohmann-json3-dev
// test arguments: --help

#include <mll/mll.hpp>
#include <mll/store/hub_store.hpp>
#include <mll/store/update_store.hpp>
#if MLL_TEST_ONNXRUNTIME
#include <mll/model/general/load_general_model.hpp>
#include <mll/model/onnx/prove_onnx_classifier.hpp>
#endif

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "support/backend.hpp"
#include "support/class_names.hpp"
#include "support/idle_threads.hpp"
#include "support/image_hub.hpp"
#include "support/left_out.hpp"
#include "support/network_options.hpp"
#include "support/number_options.hpp"
#include "support/read_task.hpp"
#include "support/store_entries.hpp"

namespace {

namespace fs = std::filesystem;
using example::image_hub;

struct settings {
  fs::path hub;
  fs::path representation;
  fs::path images;
  fs::path out;
  fs::path general;
  std::string captions;
  std::string wordnet = "/usr/share/wordnet";
  std::vector<std::string> classes;
  std::size_t experts = 0;
  std::size_t heads = 0;
  bool drop_missing = false;
  example::network_settings network;
};

void add_options(CLI::App& app, settings& set) {
  app.add_option("--hub", set.hub,
                 "Experts: NAME.onnx with head names in NAME.labels.txt, or as docs/experts.md says")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--representation", set.representation, "DIR/<synset id, like n02121620>/<image>")
      ->required()
      ->check(CLI::ExistingDirectory);
  example::add_classes(app, set.classes)->required();
  app.add_option("--images", set.images,
                 "Images to classify; if each lies in a folder named after its class, prints the accuracy")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--captions", set.captions, "File of lines CLASS<tab>SENTENCE")->check(CLI::ExistingFile);
  auto* experts =
      app.add_option("--experts", set.experts, "Maximum number of experts that run (default: any)")
          ->check(example::whole_number(1, 1U << 20U));
  app.add_option("--heads", set.heads, "Maximum number of heads per class (instead of --experts)")
      ->check(example::whole_number(1, 1U << 20U))
      ->excludes(experts);
  app.add_option("--general", set.general,
                 "Folder of a general model, such as an exported CLIP, for what no expert knows")
      ->check(CLI::ExistingDirectory);
  app.add_option("--out", set.out,
                 "For hub.mll (the labels), predictions.csv and explanation.txt (default: the hub)");
  app.add_option("--wordnet", set.wordnet, "Folder with data.noun")->capture_default_str();
  app.add_flag("--drop-missing", set.drop_missing,
               "Drop the labels of experts and samples that are no longer there");
  example::add_network(app, set.network);
}

bool is_model_folder(const fs::path& path) {
  std::error_code unknown;
  if (!fs::is_directory(path, unknown)) return false;
  try {
    static_cast<void>(image_hub::find(path));
  } catch (const mll::parse_error&) {
    return false;
  }
  return true;
}

/// Loads the experts of a folder and registers them in the store, by their contents: no label of an earlier
/// file of the same name stays in use, even if the new one cannot be loaded.
mll::hub<cv::Mat> load_hub(const settings& set, mll::hub_store& store) {
  std::vector<fs::path> files;
  std::error_code unlisted;
  for (fs::directory_iterator next{set.hub, unlisted}; !unlisted && next != fs::directory_iterator{};
       next.increment(unlisted)) {
    if (next->path().extension() == image_hub::extension || is_model_folder(next->path()))
      files.push_back(next->path());
  }
  if (unlisted) throw mll::parse_error{set.hub.string(), 0, "a folder that can be read", unlisted.message()};
  std::sort(files.begin(), files.end());
  std::map<std::string, mll::stored_model> known;
  for (auto& model : store.models()) known.emplace(model.name, model);
  const std::string network = nlohmann::json(set.network).dump();
  mll::hub<cv::Mat> hub;
  for (const fs::path& path : files) {
    const auto [name, file] = image_hub::find(path);
    const auto before = known.extract(name);
    std::string fingerprint;
    try {
      fingerprint = example::model_fingerprint(file, network);
      auto model = image_hub::load(file, set.network.options());
      auto entry = example::model_entry<image_hub>(file, model, network, fingerprint);
      entry.name = name;
      if (before.empty()) {
        store.add_model(entry);
      } else if (before.mapped().fingerprint != entry.fingerprint || before.mapped().heads != entry.heads) {
        store.update_model(entry.name, entry);
      }
      const bool has_run = !before.empty() && before.mapped().fingerprint == entry.fingerprint &&
                           before.mapped().state == mll::label_state::complete;
      if (!has_run) image_hub::prove(model);
      hub.add(entry.name, std::move(model), entry.fingerprint);
    } catch (const mll::store_error&) {
      throw;
    } catch (const std::exception& problem) {  // one bad file leaves the others alone
      std::cerr << example::left_out(file, problem.what()) << '\n';
      if (before.empty() || fingerprint.empty()) continue;
      const auto entry = example::unloadable_entry(before.mapped(), file, fingerprint);
      if (entry.fingerprint != before.mapped().fingerprint) store.update_model(entry.name, entry);
    }
  }
  for (const auto& [name, model] : known) {
    if (set.drop_missing) {
      store.remove_model(name);
    } else {
      std::cerr << "missing: expert " << name << "; its label is kept (--drop-missing drops it)\n";
    }
  }
  if (hub.empty())
    throw mll::error{"expected experts in " + set.hub.string() + ", found none that can be used"};
  return hub;
}

std::size_t labelled_count(const mll::hub_store& store, const mll::hub<cv::Mat>& hub) {
  const auto models = store.models();
  return static_cast<std::size_t>(std::count_if(models.begin(), models.end(), [&](const auto& model) {
    return model.state == mll::label_state::complete && hub.find(model.name);
  }));
}

/// The labels of the experts that were loaded.
mll::model_labels read_labels(const mll::hub_store& store, const mll::semantic_dag<>& graph,
                              const mll::hub<cv::Mat>& hub) {
  auto out = store.labels(graph);
  std::vector<mll::model_id> others;
  for (const auto& each : out.models()) {
    if (!hub.find(each.name)) others.push_back(each.model);
  }
  for (const mll::model_id id : others) out.erase(id);
  return out;
}

mll::selection_budget budget_of(const settings& set) {
  if (set.experts != 0) return mll::experts{set.experts};
  if (set.heads != 0) return mll::heads_per_class{set.heads};
  return mll::all_experts{};
}

/// The images of a folder and those below it.
std::vector<fs::path> find_images(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code problem;
  fs::recursive_directory_iterator next{folder, fs::directory_options::skip_permission_denied, problem};
  for (; !problem && next != fs::recursive_directory_iterator{}; next.increment(problem)) {
    std::error_code unknown;  // of a link to itself; what is not a regular file is skipped when it is read
    if (mll::image_folder::has_image_name(next->path()) && !next->is_directory(unknown))
      out.push_back(next->path());
  }
  if (problem) std::cerr << "skipped: " << folder.string() << ": " << problem.message() << '\n';
  std::sort(out.begin(), out.end());
  return out;
}

struct counts {
  std::size_t answered = 0;
  std::size_t with_truth = 0;  // images in a folder that has the name of a class
  std::size_t correct = 0;
};

/// Classifies images and writes one row per image.
counts classify(const mll::zero_shot_classifier<cv::Mat>& classifier, const settings& set,
                std::size_t max_side, std::ostream& table) {
  // As labelling: at most 256 images, of which each has max_side pixels a side.
  const mll::label_options limits;
  const std::size_t batch_size =
      std::clamp<std::size_t>(limits.batch_bytes / (3 * max_side * max_side), 1, limits.batch_size);
  const auto quoted = [](const std::string& text) { return std::quoted(text, '"', '"'); };
  table << "image,answer,probability\n";
  counts out;
  const auto files = find_images(set.images);
  for (std::size_t first = 0; first < files.size(); first += batch_size) {
    std::vector<cv::Mat> batch;
    std::vector<fs::path> names;
    for (std::size_t i = first; i < std::min(files.size(), first + batch_size); ++i) {
      try {
        batch.push_back(mll::read_image(files[i], {.max_side = max_side}));
        names.push_back(files[i]);
      } catch (const mll::parse_error& problem) {
        std::cerr << "skipped: " << problem.what() << '\n';
      }
    }
    const auto answers = classifier.classify(example_backend{}, batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::string image = fs::relative(names[i], set.images).string();
      const std::string answer = classifier.head_name(answers[i].answer->index());
      const std::string truth = names[i].parent_path().filename().string();
      table << quoted(image) << ',' << quoted(answer) << ',' << answers[i].probability << '\n';
      ++out.answered;
      if (std::find(set.classes.begin(), set.classes.end(), truth) != set.classes.end()) ++out.with_truth;
      if (truth == answer) ++out.correct;
    }
  }
  return out;
}

/// The general model of `--general`, if it is given, and what it says about the samples.
struct general_part {
#if MLL_TEST_ONNXRUNTIME
  std::optional<mll::clip_model> model;
#endif
  std::optional<mll::general_model_labels> labels;
  std::optional<mll::general_heads> heads;

  /// Throws: as `load_general_model`; `model_error` if its networks cannot be run safely.
  general_part(const settings& set, const mll::image_folder& samples, const mll::model_labels& of_experts,
               const mll::semantic_dag<>& graph) {
    if (set.general.empty()) return;
#if MLL_TEST_ONNXRUNTIME
    model.emplace(mll::load_general_model(set.general));
    mll::prove_onnx_general_model(*model);
    labels = mll::label_general_model(*model, samples, of_experts.samples(), graph);
#else
    static_cast<void>(samples);
    static_cast<void>(of_experts);
    static_cast<void>(graph);
    throw mll::invalid_argument{"--general", "a program that was built with ONNX Runtime", "one without"};
#endif
  }
  void match([[maybe_unused]] const mll::model_labels& of_experts,
             [[maybe_unused]] const mll::task_match& task) {
#if MLL_TEST_ONNXRUNTIME
    if (model) heads = mll::make_general_heads(*model, *labels, of_experts.samples(), task);
#endif
  }
  [[nodiscard]] mll::zero_shot_classifier<cv::Mat> bind(const mll::hub<cv::Mat>& experts,
                                                        const mll::selection& chosen) const {
#if MLL_TEST_ONNXRUNTIME
    if (model) return {experts, chosen, *model, mll::unknown_models::refuse};
#endif
    return {experts, chosen, mll::unknown_models::refuse};
  }
};

void run(const settings& set) {
  const example_backend backend;
  cv::setNumThreads(1);  // experts run side by side, one thread each

  // 1. A graph, and samples of its nodes.
  const auto graph = mll::read_wordnet(set.wordnet);
  std::vector<example::skipped_sample> skipped;
  auto samples = image_hub::read_samples(set.representation, graph, skipped);
  for (const auto& each : skipped)
    std::cerr << "skipped: " << each.path.string() << ": " << each.reason << '\n';
  if (const auto remark = image_hub::remark(samples); !remark.empty()) std::cerr << remark << '\n';

  // 2. The experts, each labelled once.
  fs::create_directories(set.out);
  const fs::path file = set.out / "hub.mll";
  auto store = fs::exists(file) ? mll::hub_store::open(file) : mll::hub_store::create(file);
  const auto nodes = example::node_entries<image_hub>(samples, graph);
  if (!set.drop_missing) example::check_samples(store.nodes(), nodes, skipped);
  store.set_samples(graph, nodes, set.drop_missing ? mll::missing_nodes::drop : mll::missing_nodes::refuse);
  auto hub = load_hub(set, store);
  image_hub::fit(samples, hub);
  const std::size_t reused = labelled_count(store, hub);
  mll::update_store_options options;
  if (isatty(STDERR_FILENO) != 0) options.labelling.observer = mll::progress_bar(std::cerr);
  const auto done = mll::update_store(backend, store, hub, samples, graph, options);
  for (const auto& failure : done.failures) std::cerr << "skipped: " << failure.message << '\n';
  const auto labels = read_labels(store, graph, hub);
  std::cout << "Labelled " << labels.models().size() << " experts with " << labels.head_count()
            << " heads on " << labels.samples().row_count() << " images of "
            << labels.samples().nodes().size() << " nodes (" << reused << " labels were there)\n";

  // 3. The task: what its classes mean, and which experts answer it.
  const mll::information_content content{graph};
  general_part general{set, samples, labels, graph};
  const auto profile = mll::profile(
      backend, labels, graph,
      {.general = general.labels ? &*general.labels : nullptr, .matching = {.content = &content}});
  const auto task = example::read_task(set.classes, set.captions);
  const auto match = mll::match(backend, task, graph, labels.samples(), {.content = &content});
  general.match(labels, match);
  const auto chosen = mll::select(backend, labels, match,
                                  {.method = {.budget = budget_of(set)},
                                   .general = general.heads ? &*general.heads : nullptr,
                                   .profile = &profile,
                                   .folds = 5});
  std::ofstream explanation{set.out / "explanation.txt"};
  explanation << mll::explain(match, graph) << mll::explain(chosen);
  if (!explanation.flush()) throw mll::error{"cannot write " + (set.out / "explanation.txt").string()};

  // 4. The answers.
  const auto classifier = general.bind(hub, chosen);
  std::ofstream table{set.out / "predictions.csv"};
  const counts found = classify(classifier, set, image_hub::decoded_side(hub), table);
  if (!table.flush()) throw mll::error{"cannot write " + (set.out / "predictions.csv").string()};
  std::cout << "Classified " << found.answered << " images with " << classifier.model_count() << " of "
            << hub.size() + (general.heads ? 1 : 0) << " experts; see predictions.csv and explanation.txt in "
            << set.out.string() << '\n'
            << std::fixed << std::setprecision(4);
  if (chosen.estimate) {
    std::cout << "Estimated accuracy: " << chosen.estimate->accuracy << " (" << chosen.estimate->low << " to "
              << chosen.estimate->high << ")\n";
  }
  if (found.answered > 0 && found.with_truth == found.answered) {
    std::cout << "Accuracy: " << static_cast<double>(found.correct) / static_cast<double>(found.answered)
              << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  example::let_idle_threads_sleep(argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  settings set;
  CLI::App app{"Classifies images with ONNX experts that were trained for other classes.", "vision_hub"};
  add_options(app, set);
  CLI11_PARSE(app, argc, argv);
  if (set.out.empty()) set.out = set.hub;
  try {
    run(set);
    if (!std::cout.flush()) throw mll::error{"cannot write the output"};
  } catch (const std::exception& problem) {
    std::cerr << "vision_hub: " << problem.what() << '\n';
    return 2;
  }
}
