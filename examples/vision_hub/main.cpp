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

#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <vector>

#include "../support/backend.hpp"
#include "../support/idle_threads.hpp"
#include "../support/image_hub.hpp"
#include "../support/read_task.hpp"
#include "../support/store_entries.hpp"
#include "answers.hpp"
#include "experts.hpp"
#include "general_part.hpp"
#include "settings.hpp"

namespace vision_hub {
namespace {

namespace fs = std::filesystem;
using example::image_hub;

mll::selection_budget budget_of(const settings& set) {
  if (set.experts != 0) return mll::experts{set.experts};
  if (set.heads != 0) return mll::heads_per_class{set.heads};
  return mll::all_experts{};
}

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
}  // namespace vision_hub

int main(int argc, char** argv) {
  example::let_idle_threads_sleep(argv);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write
  vision_hub::settings set;
  CLI::App app{"Classifies images with ONNX experts that were trained for other classes.", "vision_hub"};
  vision_hub::add_options(app, set);
  CLI11_PARSE(app, argc, argv);
  if (set.out.empty()) set.out = set.hub;
  try {
    vision_hub::run(set);
    if (!std::cout.flush()) throw mll::error{"cannot write the output"};
  } catch (const std::exception& problem) {
    std::cerr << "vision_hub: " << problem.what() << '\n';
    return 2;
  }
}
