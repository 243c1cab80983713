// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// test arguments: --benchmark_filter=heads:300/
//
// A profile brought up to date by one model of 10 heads, beside the whole profile of the same run. Time is
// that of the processor; `whole` is that of the whole profile in ms, `ratio` how many times as long that
// takes. The two must be equal to the bit.

#include <benchmark/benchmark.h>
#include <mll/mll.hpp>
#include <mll/profile/detail/profile_bytes.hpp>

#include <boost/graph/adjacency_list.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cstddef>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../../support/wide_hub.hpp"

namespace {

constexpr std::size_t nodes = 285;
constexpr std::size_t samples_per_node = 50;
constexpr std::size_t width = 10;  // heads of a model

using graph_type = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;

/// A binary tree of named nodes; every node has samples.
mll::semantic_dag<graph_type> binary_tree() {
  graph_type out(nodes);
  for (std::size_t v = 0; v < nodes; ++v) {
    out[v] = {.id = "n" + std::to_string(v), .lemmas = {{"node " + std::to_string(v)}}};
    if (v != 0) add_edge(v, (v - 1) / 2, out);
  }
  return mll::semantic_dag<graph_type>{std::move(out)};
}

struct profiled_world {
  mll::semantic_dag<graph_type> graph = binary_tree();
  mll::model_labels labels;
  std::optional<mll::general_model_labels> general;

  profiled_world(std::size_t heads, std::size_t dim) {
    const mll::benchmark::wide_hub hub{
        {.name = "", .nodes = nodes, .heads = heads, .classes = 1, .samples_per_node = samples_per_node}, 1};
    labels = mll::model_labels{hub.layout()};
    for (std::size_t m = 0; m < heads / width; ++m) labels.insert(label(hub, m));
    if (dim == 0) return;
    mll::random_engine engine{2};
    boost::random::normal_distribution<float> normal;
    general.emplace();
    const auto fill = [&](mll::matrix<float>& values, std::size_t rows) {
      values.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(dim));
      for (Eigen::Index i = 0; i < values.size(); ++i) values.data()[i] = 0.05F * normal(engine);
    };
    fill(general->embeddings, nodes * samples_per_node);
    fill(general->node_texts, nodes);
  }

 private:
  [[nodiscard]] mll::model_labels::label_type label(const mll::benchmark::wide_hub& hub,
                                                    std::size_t m) const {
    mll::model_labels::label_type out{mll::model_id{m}, "model " + std::to_string(m), {}, {}, {}};
    out.responses.resize(static_cast<Eigen::Index>(nodes * samples_per_node), width);
    out.mean.resize(nodes, width);
    std::vector<std::uint8_t> codes(samples_per_node);
    for (std::size_t h = 0; h < width; ++h) {
      const std::size_t head = m * width + h;
      out.heads.push_back("node " + std::to_string((37 * head) % nodes));
      for (std::size_t v = 0; v < nodes; ++v) {
        hub.responses(head, v, codes);
        for (std::size_t s = 0; s < samples_per_node; ++s) {
          out.responses(static_cast<Eigen::Index>(v * samples_per_node + s), static_cast<Eigen::Index>(h)) =
              codes[s];
        }
        out.mean(static_cast<Eigen::Index>(v), static_cast<Eigen::Index>(h)) = hub.mean(head, v);
      }
    }
    return out;
  }
};

template <class Run>
double seconds_of(const Run& run) {
  const std::clock_t begin = std::clock();
  run();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void update_profile_by_one_model(benchmark::State& state) {
  const profiled_world world{static_cast<std::size_t>(state.range(0)),
                             static_cast<std::size_t>(state.range(1))};
  const mll::exec::sequential backend;
  const mll::profile_options options{.general = world.general ? &*world.general : nullptr};
  mll::model_labels before = world.labels;
  before.erase(mll::model_id{world.labels.models().size() / 2});
  const mll::hub_profile previous = mll::profile(backend, before, world.graph, options);
  double whole = 0;
  double updated = 0;
  for (auto unused : state) {
    mll::hub_profile anew;
    mll::profile_update found;
    whole += seconds_of([&] { anew = mll::profile(backend, world.labels, world.graph, options); });
    const double seconds = seconds_of(
        [&] { found = mll::update_profile(backend, previous, world.labels, world.graph, options); });
    updated += seconds;
    state.SetIterationTime(seconds);
    if (found.made != 1 || mll::detail::encode_profile(found.profile) != mll::detail::encode_profile(anew))
      state.SkipWithError("the profiles differ");
  }
  state.counters["whole"] = 1000 * whole / static_cast<double>(state.iterations());
  state.counters["ratio"] = whole / updated;
}
BENCHMARK(update_profile_by_one_model)
    ->ArgNames({"heads", "dim"})
    ->Args({300, 0})
    ->Args({1200, 0})
    ->Args({1200, 512})
    ->Args({3000, 0})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
