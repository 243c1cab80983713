// Reading what one task needs from stores of different sizes: what it costs should grow with the task.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/graph/edge_list.hpp"
#include "mll/label/model_labels.hpp"
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

/// A store of random labels, made once for each size and removed at the end.
class stores {
 public:
  stores() : folder_{std::filesystem::temp_directory_path() / ("mll_benchmark_" + std::to_string(getpid()))} {
    std::filesystem::create_directories(folder_);
  }
  ~stores() { std::filesystem::remove_all(folder_); }

  const std::filesystem::path& at(std::size_t models, std::size_t nodes) {
    auto& file = made_[{models, nodes}];
    if (file.empty()) {
      file = folder_ / (std::to_string(models) + "x" + std::to_string(nodes));
      make(file, models, nodes);
    }
    return file;
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
      for (auto& response : label.responses.reshaped()) response = static_cast<std::uint8_t>(engine() % 256);
      label.mean.resize(static_cast<Eigen::Index>(nodes), heads);
      for (auto& mean : label.mean.reshaped()) mean = static_cast<float>(engine() % 1000) / 1000;
      label.m2 = label.mean;
      label.hit_rate = label.mean;
      store.add({.name = label.name, .content = "1", .heads = names});
      store.put(label, layout, graph);
    }
  }

  std::filesystem::path folder_;
  std::map<std::pair<std::size_t, std::size_t>, std::filesystem::path> made_;
};

stores& all() {
  static stores out;
  return out;
}

std::vector<mll::node_id> nodes_of_task(const mll::semantic_dag<>& graph, std::size_t nodes) {
  std::vector<mll::node_id> out;
  for (std::size_t y = 0; y < 20; ++y) out.push_back(graph.at("n" + std::to_string(y * nodes / 20)));
  return out;
}

/// Opens a store and reads the labels of all models for a task of 20 nodes.
void labels_of_a_task(benchmark::State& state) {
  const auto models = static_cast<std::size_t>(state.range(0));
  const auto nodes = static_cast<std::size_t>(state.range(1));
  const auto graph = make_graph(nodes);
  const auto wanted = nodes_of_task(graph, nodes);
  const auto& file = all().at(models, nodes);
  for (auto _ : state) {
    const auto store = mll::hub_store::open(file, {.access = mll::store_access::read_only});
    const auto labels = store.labels(graph, wanted);
    benchmark::DoNotOptimize(labels.models().data());
  }
  state.counters["file MB"] = static_cast<double>(std::filesystem::file_size(file)) / 1e6;
}
BENCHMARK(labels_of_a_task)
    ->Args({100, 20})
    ->Args({100, 80})
    ->Args({100, 320})
    ->Unit(benchmark::kMillisecond);

/// The same, statistics only, as the funnel over a wide hub begins.
void statistics_of_a_task(benchmark::State& state) {
  const auto models = static_cast<std::size_t>(state.range(0));
  const auto nodes = static_cast<std::size_t>(state.range(1));
  const auto graph = make_graph(nodes);
  const auto wanted = nodes_of_task(graph, nodes);
  const auto& file = all().at(models, nodes);
  for (auto _ : state) {
    const auto store = mll::hub_store::open(file, {.access = mll::store_access::read_only});
    const mll::store_source<> source{store, graph, wanted};
    benchmark::DoNotOptimize(source.statistics().row(0).data());
  }
}
BENCHMARK(statistics_of_a_task)->Args({100, 20})->Args({100, 320})->Unit(benchmark::kMillisecond);

/// The baseline: all labels of the same store.
void all_labels(benchmark::State& state) {
  const auto models = static_cast<std::size_t>(state.range(0));
  const auto nodes = static_cast<std::size_t>(state.range(1));
  const auto graph = make_graph(nodes);
  const auto& file = all().at(models, nodes);
  for (auto _ : state) {
    const auto store = mll::hub_store::open(file, {.access = mll::store_access::read_only});
    const auto labels = store.labels(graph);
    benchmark::DoNotOptimize(labels.models().data());
  }
}
BENCHMARK(all_labels)->Args({100, 320})->Unit(benchmark::kMillisecond);

}  // namespace
