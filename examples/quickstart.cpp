// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// All stages on real text: sixty small text classifiers, each trained on a few categories, answer tasks that
// none of them covers.
//
// needs package: CLI11 libcli11-dev
// test arguments: --quick

#include <mll/mll.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "support/backend.hpp"
#include "support/class_names.hpp"
#include "support/gloss_corpus.hpp"
#include "support/gloss_expert.hpp"

namespace {

using namespace quickstart;

struct settings {
  std::vector<std::string> classes{"bird",   "tree",     "disease", "city", "musical instrument",
                                   "weapon", "language", "beverage"};
  std::size_t tasks = 24;
  std::uint64_t seed = 1;
  std::string wordnet = "/usr/share/wordnet";
  std::string dot = "quickstart.dot";
  std::vector<std::size_t> hub_sizes{15, 30, 60};
};

class stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The categories that each expert was trained on.
using training_sets = std::vector<std::set<std::size_t>>;

mll::hub<std::string> train_experts(const std::vector<category>& categories, std::uint64_t seed,
                                    const mll::progress_observer& observer, training_sets& trained_on) {
  constexpr std::size_t experts = 60;
  constexpr std::size_t glosses_per_class[] = {30, 100, 250};
  mll::hub<std::string> hub;
  for (std::size_t m = 0; m < experts; ++m) {
    mll::random_engine engine{mll::derive_seed(seed, 1000 + m)};
    std::vector<std::size_t> known(categories.size());
    for (std::size_t c = 0; c < known.size(); ++c) known[c] = c;
    mll::shuffle(std::span{known}, engine);
    known.resize(3 + engine() % 8);
    const std::size_t size = glosses_per_class[engine() % 3];
    const bool nameless = engine() % 7 == 0;  // its author did not keep the class names
    const auto problem = m % 30 == 7    ? gloss_expert::fault::untrained
                         : m % 30 == 12 ? gloss_expert::fault::shuffled_labels
                                        : gloss_expert::fault::none;
    std::vector<std::string> names;
    std::vector<gloss_expert::example> examples;
    for (std::size_t k = 0; k < known.size(); ++k) {
      const category& c = categories[known[k]];
      names.push_back(nameless ? "class_" + std::to_string(k) : c.name);
      std::vector<std::string> glosses = c.for_experts;
      mll::shuffle(std::span{glosses}, engine);
      glosses.resize(std::min(size, glosses.size()));
      for (auto& gloss : glosses) examples.push_back({std::move(gloss), k});
    }
    const std::string name = "expert-" + std::string(m < 10 ? "0" : "") + std::to_string(m);
    hub.add(name, gloss_expert{std::move(names), std::move(examples), engine(), problem});
    trained_on.emplace_back(known.begin(), known.end());
    if (observer) observer({"training", name, m + 1, experts});
  }
  return hub;
}

/// Held-out glosses of the categories of a task, each with its class.
struct test_set {
  std::vector<std::string> glosses;
  std::vector<std::size_t> truth;
};

test_set collect_tests(const std::vector<category>& categories, const mll::task_match& match) {
  test_set out;
  for (const category& c : categories) {
    for (std::size_t y = 0; y < match.classes.size(); ++y) {
      const auto& evidence = match.classes[y].evidence;
      if (std::none_of(evidence.begin(), evidence.end(),
                       [&](const auto& source) { return source.node == c.node; }))
        continue;
      for (const auto& gloss : c.for_tests) {
        out.glosses.push_back(gloss);
        out.truth.push_back(y);
      }
      break;
    }
  }
  return out;
}

double macro_accuracy(const std::vector<mll::prediction>& answers, const std::vector<std::size_t>& truth,
                      std::size_t classes) {
  std::vector<double> right(classes, 0);
  std::vector<double> total(classes, 0);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++total[truth[i]];
    if (answers[i].answer && answers[i].answer->index() == truth[i]) ++right[truth[i]];
  }
  double sum = 0;
  double counted = 0;
  for (std::size_t y = 0; y < classes; ++y) {
    if (total[y] == 0) continue;
    sum += right[y] / total[y];
    ++counted;
  }
  return counted == 0 ? 0 : sum / counted;
}

/// The labels of a smaller hub: those of the first models.
mll::model_labels first_models(const mll::model_labels& labels, std::size_t count) {
  mll::model_labels out{labels.samples()};
  for (const auto& label : labels.models().first(std::min(count, labels.models().size()))) out.insert(label);
  return out;
}

struct outcome {
  double accuracy = 0;
  double estimate = 0;
};

/// One method on one task, on one thread: the tasks of the table run in parallel.
template <mll::selection_method Method>
outcome solve(const mll::hub<std::string>& hub, const mll::model_labels& labels, const mll::task_match& match,
              const test_set& tests, const Method& method, std::size_t folds = 0) {
  const mll::exec::sequential backend;
  mll::selection chosen =
      mll::select(backend, labels, match, mll::select_options<Method>{.method = method, .folds = folds});
  const double estimate = chosen.estimate ? chosen.estimate->accuracy : 0;
  const mll::zero_shot_classifier<std::string> classifier{hub, std::move(chosen)};
  return {macro_accuracy(classifier.classify(backend, tests.glosses), tests.truth, match.classes.size()),
          estimate};
}

/// Random tasks of eight categories that no single expert covers.
std::vector<mll::task> draw_tasks(const std::vector<category>& categories, const training_sets& trained_on,
                                  std::size_t count, std::uint64_t seed) {
  std::vector<mll::task> out;
  mll::random_engine engine{mll::derive_seed(seed, 77)};
  std::vector<std::size_t> order(categories.size());
  for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
  while (out.size() < count) {
    mll::shuffle(std::span{order}, engine);
    const std::vector<std::size_t> drawn(order.begin(), order.begin() + 8);
    const bool covered = std::any_of(trained_on.begin(), trained_on.end(), [&](const auto& known) {
      return std::all_of(drawn.begin(), drawn.end(), [&](std::size_t c) { return known.contains(c); });
    });
    if (covered) continue;
    std::vector<std::string> names;
    for (const std::size_t c : drawn) names.push_back(categories[c].name);
    out.push_back(mll::task::of_names(names));
  }
  return out;
}

void print_table(const example_backend& backend, const mll::semantic_dag<>& graph,
                 const mll::hub<std::string>& hub, const mll::model_labels& labels,
                 const std::vector<category>& categories, const training_sets& trained_on,
                 const settings& set, const mll::progress_observer& observer) {
  const auto tasks = draw_tasks(categories, trained_on, set.tasks, set.seed);
  const std::vector<std::string> rows{
      "random heads, 3 per class", "best single expert", "uniform average", "top 1 by mean difference",
      "top 3 by mean difference",  "top 3 by F1",        "top 3 by AUC",    "CHCO, 3 heads per class",
      "stacking, all heads"};
  constexpr std::size_t chco_row = 7;
  const mll::information_content content{graph};
  const std::size_t cells = set.hub_sizes.size() * tasks.size();
  std::vector<std::vector<double>> accuracy(cells);  // [hub size and task][row]
  std::vector<double> chco_estimate(cells);
  std::vector<mll::model_labels> parts;
  for (const std::size_t size : set.hub_sizes) parts.push_back(first_models(labels, size));
  std::mutex progress_guard;
  std::size_t done = 0;
  mll::exec::for_each_index(backend, cells, [&](std::size_t cell) {
    const mll::model_labels& part = parts[cell / tasks.size()];
    const std::size_t t = cell % tasks.size();
    const mll::task_match match =
        mll::match(mll::exec::sequential{}, tasks[t], graph, part.samples(), {.content = &content});
    const test_set tests = collect_tests(categories, match);
    const auto reached = [&](const auto& method) { return solve(hub, part, match, tests, method).accuracy; };
    const outcome chco = solve(hub, part, match, tests, mll::chco<>{}, 5);
    accuracy[cell] = {reached(mll::random_heads{.seed = t}),
                      reached(mll::single_expert{}),
                      reached(mll::uniform_average{}),
                      reached(mll::top_heads<mll::mean_difference>{.count = 1}),
                      reached(mll::top_heads<mll::mean_difference>{}),
                      reached(mll::top_heads<mll::best_f1>{}),
                      reached(mll::top_heads<mll::area_under_roc>{}),
                      chco.accuracy,
                      reached(mll::ridge_stacking{})};
    chco_estimate[cell] = chco.estimate;
    const std::scoped_lock lock{progress_guard};
    ++done;
    if (observer) observer({"comparing", "", done, cells});
  });

  std::vector<std::vector<double>> table(rows.size(), std::vector<double>(set.hub_sizes.size(), 0));
  std::vector<double> estimate(set.hub_sizes.size(), 0);
  std::vector<double> miss(set.hub_sizes.size(), 0);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::size_t s = cell / tasks.size();
    const auto count = static_cast<double>(tasks.size());
    for (std::size_t r = 0; r < rows.size(); ++r) table[r][s] += accuracy[cell][r] / count;
    estimate[s] += chco_estimate[cell] / count;
    miss[s] += std::abs(chco_estimate[cell] - accuracy[cell][chco_row]) / count;
  }
  std::cout << "\nMacro accuracy on held-out glosses, mean of " << tasks.size() << " tasks with 8 classes\n"
            << std::left << std::setw(28) << "  experts in the hub" << std::right;
  for (const std::size_t size : set.hub_sizes) std::cout << std::setw(8) << size;
  std::cout << '\n' << std::fixed << std::setprecision(3);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::cout << (r == chco_row ? "> " : "  ") << std::left << std::setw(26) << rows[r] << std::right;
    for (const double value : table[r]) std::cout << std::setw(8) << value;
    std::cout << '\n';
  }
  std::cout << "  " << std::left << std::setw(26) << "CHCO, estimated" << std::right;
  for (const double value : estimate) std::cout << std::setw(8) << value;
  std::cout << "\n  " << std::left << std::setw(26) << "  mean |estimate - measured|" << std::right;
  for (const double value : miss) std::cout << std::setw(8) << value;
  std::cout << '\n';
}

void run(const settings& set) {
  const example_backend backend;
  const stopwatch whole;
  const mll::progress_observer bar =
      isatty(STDERR_FILENO) != 0 ? mll::progress_bar(std::cerr) : mll::progress_observer{};
  const mll::task task = mll::task::of_names(set.classes);

  // 1. The semantic graph.
  const stopwatch reading;
  const auto graph = mll::read_wordnet(set.wordnet);
  std::cout << "Read WordNet: " << graph.size() << " synsets, " << graph.edge_count() << " edges, "
            << graph.words().size() << " words, in " << std::fixed << std::setprecision(2)
            << reading.seconds() << " s\n";

  // 2. Samples: glosses, split by synset for experts, labels and tests.
  const auto categories = collect_categories(graph, 50, 60, set.seed);
  mll::representation_table<std::string> samples;
  for (const auto& c : categories) samples.add(c.node, c.for_labels);

  // 3. A hub of experts, trained elsewhere.
  training_sets trained_on;
  const auto hub = train_experts(categories, set.seed, bar, trained_on);

  // 4. Label every expert on the representation samples, once.
  const stopwatch labelling;
  const auto labels = mll::label(backend, hub, samples, graph, {.observer = bar});
  for (const auto& failure : labels.failures())
    std::cout << "not labelled: " << failure.name << ": " << failure.message << '\n';
  std::cout << "Labelled " << labels.models().size() << " experts with " << labels.head_count()
            << " heads on " << labels.samples().row_count() << " samples of "
            << labels.samples().nodes().size() << " nodes, in " << labelling.seconds() << " s\n";

  // 5. A new task: class names only.
  const auto match = mll::match(backend, task, graph, labels.samples());
  std::cout << "\nThe nodes of each class\n" << mll::explain(match, graph);
  const auto chosen = mll::select(backend, labels, match);
  std::cout << "\nThe chosen heads\n" << mll::explain(chosen);

  // 6. Classify held-out glosses.
  const mll::zero_shot_classifier<std::string> classifier{hub, chosen};
  const test_set held_out = collect_tests(categories, match);
  const auto answers = classifier.classify(backend, held_out.glosses);
  std::cout << "\nSome held-out glosses\n";
  for (std::size_t i = 0; i < held_out.glosses.size();
       i += std::max<std::size_t>(1, held_out.glosses.size() / 8)) {
    const auto& answer = answers[i];
    std::cout << "  " << std::left << std::setw(20) << classifier.head_name(answer.answer->index())
              << std::right << std::setprecision(2) << answer.probability
              << (answer.answer->index() == held_out.truth[i] ? "  correct  " : "  WRONG    ")
              << held_out.glosses[i].substr(0, 90) << '\n';
  }
  std::cout << std::setprecision(3) << "\nAccuracy: estimated " << chosen.estimate->accuracy << " ("
            << chosen.estimate->low << " to " << chosen.estimate->high << "), measured "
            << macro_accuracy(answers, held_out.truth, task.size()) << " on " << held_out.glosses.size()
            << " glosses, with " << classifier.model_count() << " of " << hub.size() << " experts\n";
  std::ofstream{set.dot} << mll::to_graphviz(chosen, graph);
  std::cout << "Wrote the matched part of the graph to " << set.dot << " (dot -Tsvg " << set.dot << ")\n";

  // 7. Compare with the baselines over many tasks.
  if (set.tasks > 0) print_table(backend, graph, hub, labels, categories, trained_on, set, bar);
  std::cout << std::setprecision(1) << "\nDone in " << whole.seconds() << " s on " << backend.concurrency()
            << " threads\n";
}

}  // namespace

int main(int argc, char** argv) {
  settings set;
  bool quick = false;
  CLI::App app{"Zero-shot classification of WordNet glosses with a hub of small text classifiers.",
               "quickstart"};
  example::add_classes(app, set.classes)
      ->description("Your own task: names of WordNet nouns, separated by commas");
  app.add_option("--tasks", set.tasks, "Random tasks in the table")->capture_default_str();
  app.add_option("--seed", set.seed, "Seed of split, experts and tasks")->capture_default_str();
  app.add_option("--wordnet", set.wordnet, "Folder with data.noun")->capture_default_str();
  app.add_option("--dot", set.dot, "File for the matched part of the graph")->capture_default_str();
  app.add_flag("--quick", quick, "A small setting: 4 tasks, hubs of 15 and 30 experts");
  CLI11_PARSE(app, argc, argv);
  if (quick) {
    set.tasks = 4;
    set.hub_sizes = {15, 30};
  }
  try {
    run(set);
  } catch (const mll::error& problem) {
    std::cerr << "quickstart: " << problem.what() << '\n';
    return 2;
  }
}
