// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Calibration and joint combination of coded responses, small task. Baselines: Newton on float responses (64
// pairs, extrapolated), and plain greedy search, which evaluates every head after every step.

#include "mll/select/combine/greedy_search.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

#include "../../../support/cached_source.hpp"
#include "../../../support/counters.hpp"
#include "../../../support/simple_selection.hpp"
#include "../../../support/wide_hub.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/combine/detail/responses_of_shortlist.hpp"
#include "mll/select/screen/sparse_screening.hpp"

namespace {

const mll::exec::sequential here{};

struct world {
  mll::benchmark::wide_hub hub{mll::benchmark::wide_size::of("small"), 1};
  mll::sparse_node_statistics statistics{hub.size().nodes, hub.excesses()};
  mll::benchmark::cached_source source{hub, statistics};
  mll::class_evidence sources = hub.task(0);
  std::vector<std::vector<mll::screened_head>> screened = mll::screen(here, statistics, sources, 64);
  std::vector<std::vector<mll::shortlisted_head>> lists = mll::shortlist(here, source, sources, screened);
  mll::detail::sample_plan plan = mll::detail::plan_samples(sources, source);
  std::vector<mll::example> examples = plan.rows();
  mll::detail::responses_of_shortlist responses{here, source, plan, examples, lists};
  mll::head_pool pool = responses.pool(lists, hub.size().heads_per_class);
};
const world& input() {
  static const world made;
  return made;
}

void calibration(benchmark::State& state) {
  for (auto unused : state)
    benchmark::DoNotOptimize(mll::shortlist(here, input().source, input().sources, input().screened));
  std::size_t pairs = 0;
  for (const auto& list : input().screened) pairs += list.size();
  mll::benchmark::compare(
      state, static_cast<double>(pairs) * mll::benchmark::raw_calibration_seconds(
                                              here, input().source, input().sources, input().screened, {}));
}

void joint(benchmark::State& state) {
  for (auto unused : state)
    benchmark::DoNotOptimize(mll::greedy_search{}(here, input().pool, mll::log_likelihood{}));
  mll::benchmark::compare(state, mll::benchmark::search_plainly(here, input().pool).seconds);
}

}  // namespace

BENCHMARK(calibration)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(joint)->UseRealTime()->Unit(benchmark::kMillisecond);
