// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Labelling compared with inference alone: the cost of storing responses and means.

#include <benchmark/benchmark.h>
#include <mll/mll.hpp>

#include "../../support/synthetic_hub.hpp"

namespace {

const mll::benchmark::synthetic_hub& world() {
  static const mll::benchmark::synthetic_hub made{285, 50, 120, 1};
  return made;
}

double bytes_of_scores() {
  std::size_t heads = 0;
  std::size_t rows = 0;
  for (const auto id : world().hub.ids()) heads += world().hub.model(id).head_count();
  for (const auto v : world().samples.nodes()) rows += world().samples.sample_count(v);
  return static_cast<double>(heads * rows * sizeof(float));
}

void baseline_predict_only(benchmark::State& state) {
  std::vector<std::size_t> batch;
  for (auto unused : state) {
    for (const auto id : world().hub.ids()) {
      const auto& model = world().hub.model(id);
      mll::matrix<float> scores(256, static_cast<Eigen::Index>(model.head_count()));
      batch.clear();
      for (const auto v : world().samples.nodes()) {
        for (const std::size_t row : world().samples.samples(v)) {
          batch.push_back(row);
          if (batch.size() == 256) {
            model.predict(batch, scores);
            benchmark::DoNotOptimize(scores.data());
            batch.clear();
          }
        }
      }
    }
  }
  state.counters["scores"] = benchmark::Counter(
      bytes_of_scores(), benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1024);
}

template <class Codec>
void label(benchmark::State& state) {
  for (auto unused : state) {
    const auto labels =
        mll::label<Codec>(mll::exec::sequential{}, world().hub, world().samples, world().graph);
    benchmark::DoNotOptimize(&labels);
  }
  state.counters["scores"] = benchmark::Counter(
      bytes_of_scores(), benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1024);
}

}  // namespace

BENCHMARK(baseline_predict_only)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(label, mll::log_odds_8bit)->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(label, mll::log_odds_float)->Unit(benchmark::kMillisecond);
