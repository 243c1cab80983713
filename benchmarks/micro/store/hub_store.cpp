// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Reading the labels of a task from stores of different sizes: the cost should depend on the task, not on the
// store.
//
// usage: store_hub_store [--models 100,1000] [options of Google Benchmark]
//
// The arguments in the name of a benchmark: models, nodes of the store, classes of the task, one node per
// class. A store of 10,000 models with 80 nodes takes about 300 MB in the folder for temporary files.
#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/select.hpp"
#include "mll/store/hub_store.hpp"
#include "mll/store/store_source.hpp"

namespace {

constexpr std::size_t heads = 10;
constexpr std::size_t samples = 20;

mll::semantic_dag<> make_graph(std::size_t nodes) {
  std::stringstream edges;
  for (std::size_t i = 0; i < nodes; ++i) edges << 'n' << i << "\troot\n";
  return mll::read_edge_list(edges);
}

/// Stores of random labels, created once per size and removed at the end.
class stores {
 public:
  struct made {
    std::filesystem::path file;
    double seconds = 0;  ///< to fill it
  };
  const made& at(std::size_t models, std::size_t nodes) {
    made& out = made_[{models, nodes}];
    if (out.file.empty()) {
      const auto begin = std::chrono::steady_clock::now();
      out.file = folder_.path() / (std::to_string(models) + "x" + std::to_string(nodes));
      make(out.file, models, nodes);
      out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
    return out;
  }

 private:
  static void make(const std::filesystem::path& file, std::size_t models, std::size_t nodes) {
    const auto graph = make_graph(nodes);
    std::vector<mll::stored_node> known;
    for (std::size_t i = 0; i < nodes; ++i) known.push_back({"n" + std::to_string(i), samples, "1"});
    auto store = mll::hub_store::create(file, {.durability = mll::store_durability::process_crash});
    store.set_samples(graph, known);
    const auto layout = store.layout(graph);
    mll::random_engine engine{models * nodes};
    std::vector<std::string> names;
    for (std::size_t h = 0; h < heads; ++h) names.push_back("head " + std::to_string(h));
    for (std::size_t m = 0; m < models; ++m) {
      mll::model_labels::label_type label;
      label.name = "model " + std::to_string(m);
      label.heads = names;
      label.responses.resize(static_cast<Eigen::Index>(layout.row_count()), heads);
      for (auto& response : label.responses.reshaped()) response = static_cast<std::uint8_t>(engine() % 128);
      label.mean.resize(static_cast<Eigen::Index>(nodes), heads);
      for (auto& mean : label.mean.reshaped()) mean = static_cast<float>(engine() % 500) / 1000;
      for (std::size_t h = 0; h < heads; ++h) {  // the node that each head recognises
        const std::size_t node = (m * heads + h) * 7 % nodes;
        const auto rows = layout.rows_at(node);
        label.responses
            .block(static_cast<Eigen::Index>(rows.first), static_cast<Eigen::Index>(h),
                   static_cast<Eigen::Index>(rows.count), 1)
            .array() += 100;
        label.mean(static_cast<Eigen::Index>(node), static_cast<Eigen::Index>(h)) += 0.45F;
      }
      store.add_model({.name = label.name, .fingerprint = "1", .heads = names});
      store.write_label(label, layout, graph, std::nullopt);
    }
  }

  mll::detail::temporary_folder folder_;
  std::map<std::pair<std::size_t, std::size_t>, made> made_;
};

stores& all() {
  static stores out;
  return out;
}

/// A store and a task over some of its nodes.
struct setting {
  std::size_t models;
  std::size_t nodes;
  mll::semantic_dag<> graph;
  std::vector<mll::node_id> wanted;
  mll::task_match match;  ///< one node per class
  const stores::made& store;

  explicit setting(const benchmark::State& state)
      : models{static_cast<std::size_t>(state.range(0))},
        nodes{static_cast<std::size_t>(state.range(1))},
        graph{make_graph(nodes)},
        wanted{nodes_of_task(graph, nodes, static_cast<std::size_t>(state.range(2)))},
        match{match_of(wanted)},
        store{all().at(models, nodes)} {}

  static std::vector<mll::node_id> nodes_of_task(const mll::semantic_dag<>& graph, std::size_t nodes,
                                                 std::size_t classes) {
    std::vector<mll::node_id> out;
    for (std::size_t y = 0; y < classes; ++y)
      out.push_back(graph.at("n" + std::to_string(y * nodes / classes)));
    return out;
  }
  static mll::task_match match_of(const std::vector<mll::node_id>& wanted) {
    std::vector<mll::task_class> names;
    for (std::size_t y = 0; y < wanted.size(); ++y) names.push_back({"class " + std::to_string(y), {}});
    mll::task_match out{mll::task{std::move(names)}, {}};
    for (const mll::node_id v : wanted) {
      out.classes.push_back({.candidates = {},
                             .node = v,
                             .evidence = {{v, 1}},
                             .sample_count = samples,
                             .coverage = mll::coverage::own_samples});
    }
    return out;
  }

  [[nodiscard]] mll::hub_store open() const {
    return mll::hub_store::open(store.file, {.access = mll::store_access::read_only});
  }
  /// Megabytes that SQLite has read through the only connection of a store.
  [[nodiscard]] static double megabytes_read(const mll::hub_store& store) {
    const mll::detail::connection_pool::lease db{*store.connections()};
    int pages = 0;
    int unused = 0;
    sqlite3_db_status((*db).handle(), SQLITE_DBSTATUS_CACHE_MISS, &pages, &unused, 0);
    auto size = (*db).prepare("PRAGMA page_size");
    size.step();
    return static_cast<double>(pages) * static_cast<double>(size.integer(0)) / 1e6;
  }
};

/// Runs `work(setting, store)` on a store that was just opened.
template <class Work>
void measure(benchmark::State& state, const Work& work) {
  const setting at{state};
  double megabytes = 0;
  for (auto _ : state) {
    const auto store = at.open();
    work(at, store);
    state.PauseTiming();
    megabytes = setting::megabytes_read(store);
    state.ResumeTiming();
  }
  state.counters["read MB"] = megabytes;
  state.counters["file MB"] = static_cast<double>(std::filesystem::file_size(at.store.file)) / 1e6;
  state.counters["fill ms/model"] = 1e3 * at.store.seconds / static_cast<double>(at.models);
}

/// From opening the store to the first selection: statistics of all heads at the nodes of the task, then
/// responses of those that the funnel looks at.
void first_selection(benchmark::State& state) {
  measure(state, [](const setting& at, const mll::hub_store& store) {
    const mll::store_source<> source{store, at.graph, at.wanted};
    const auto chosen = mll::select(mll::exec::sequential{}, source, at.match, {.folds = 0});
    benchmark::DoNotOptimize(chosen.ensemble.heads.data());
  });
}

/// Its first part: the statistics.
void statistics_of_a_task(benchmark::State& state) {
  measure(state, [](const setting& at, const mll::hub_store& store) {
    const mll::store_source<> source{store, at.graph, at.wanted};
    benchmark::DoNotOptimize(source.statistics().row(0).data());
  });
}

/// The labels of all models at the nodes of the task.
void labels_of_a_task(benchmark::State& state) {
  measure(state, [](const setting& at, const mll::hub_store& store) {
    const auto labels = store.labels(at.graph, at.wanted);
    benchmark::DoNotOptimize(labels.models().data());
  });
}

/// The baseline: all labels of the same store.
void all_labels(benchmark::State& state) {
  measure(state, [](const setting& at, const mll::hub_store& store) {
    const auto labels = store.labels(at.graph);
    benchmark::DoNotOptimize(labels.models().data());
  });
}

/// Removes `--models A,B,...` from the arguments; empty if it is malformed.
std::optional<std::vector<std::int64_t>> take_models(int& argc, char** argv) {
  std::vector<std::int64_t> out{100, 1000};
  int left = 1;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view{argv[i]} != "--models") {
      argv[left++] = argv[i];
      continue;
    }
    if (++i == argc) return std::nullopt;
    out.clear();
    std::stringstream list{argv[i]};
    for (std::string text; std::getline(list, text, ',');) {
      std::int64_t number = 0;
      const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (problem != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
      out.push_back(number);
    }
    if (out.empty()) return std::nullopt;
  }
  argc = left;
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto models = take_models(argc, argv);
  if (!models) {
    std::cerr << "store_hub_store: --models: expected numbers of models from 1, such as 100,1000\n";
    return EXIT_FAILURE;
  }
  using work = void (*)(benchmark::State&);
  for (const auto& [name, what] : {std::pair<const char*, work>{"first_selection", first_selection},
                                   {"statistics_of_a_task", statistics_of_a_task},
                                   {"labels_of_a_task", labels_of_a_task},
                                   {"all_labels", all_labels}}) {
    auto* made = benchmark::RegisterBenchmark(name, what)->Unit(benchmark::kMillisecond);
    for (const std::int64_t count : *models) {
      made->Args({count, 80, 20});
      if (what == all_labels) continue;
      made->Args({count, 20, 20})->Args({count, 80, 5});
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
