// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Selection by CHCO beside its baselines, for a task of 20 classes over a hub of 120 experts; the counter is
// the method's own accuracy estimate, so that speed is not traded for accuracy unnoticed.

#include <benchmark/benchmark.h>
#include <mll/mll.hpp>

#include "../../support/synthetic_hub.hpp"

namespace {

struct prepared {
  mll::benchmark::synthetic_hub world{285, 50, 120, 1};
  mll::model_labels labels = mll::label(mll::exec::sequential{}, world.hub, world.samples, world.graph);
  mll::basic_model_labels<mll::log_odds_float> exact_labels =
      mll::label<mll::log_odds_float>(mll::exec::sequential{}, world.hub, world.samples, world.graph);
  mll::task_match match = world.first_nodes(20);
};

const prepared& input() {
  static const prepared made;
  return made;
}

template <class Labels, class Method>
void run(benchmark::State& state, const Labels& labels, const Method& method) {
  for (auto unused : state) {
    const auto chosen = mll::select(mll::exec::sequential{}, labels, input().match,
                                    mll::select_options<Method>{.method = method, .folds = 0});
    benchmark::DoNotOptimize(&chosen);
  }
  state.counters["accuracy"] = mll::select(mll::exec::sequential{}, labels, input().match,
                                           mll::select_options<Method>{.method = method})
                                   .estimate->accuracy;
}

void chco(benchmark::State& state) {
  run(state, input().labels, mll::chco<>{});
}
void chco_on_float_labels(benchmark::State& state) {
  run(state, input().exact_labels, mll::chco<>{});
}
void baseline_top_mean_difference(benchmark::State& state) {
  run(state, input().labels, mll::top_heads<>{});
}
void baseline_uniform_average(benchmark::State& state) {
  run(state, input().labels, mll::uniform_average{});
}
void baseline_stacking(benchmark::State& state) {
  run(state, input().labels, mll::ridge_stacking{});
}

}  // namespace

BENCHMARK(chco)->Unit(benchmark::kMillisecond);
BENCHMARK(chco_on_float_labels)->Unit(benchmark::kMillisecond);
BENCHMARK(baseline_top_mean_difference)->Unit(benchmark::kMillisecond);
BENCHMARK(baseline_uniform_average)->Unit(benchmark::kMillisecond);
BENCHMARK(baseline_stacking)->Unit(benchmark::kMillisecond);
