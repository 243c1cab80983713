// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Screening of sparse statistics of hubs of 10^4 to 10^6 heads; the baseline of the smaller ones is the dense
// pass over the same numbers. `exponent` is that by which time grows from the hub before.
// test arguments: --benchmark_filter=/10000$

#include "mll/select/screen/sparse_screening.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <vector>

#include "../../../support/counters.hpp"
#include "../../../support/wide_hub.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/screen/screening.hpp"

namespace {

constexpr std::size_t keep = 64;
const mll::exec::sequential here{};

struct world {
  explicit world(std::size_t heads)
      : hub{{"", 9000, heads, 100}, 1},
        excesses{hub.excesses()},
        sparse{hub.size().nodes, excesses},
        sources{hub.task(0)} {}

  [[nodiscard]] mll::node_statistics dense() const {
    mll::node_statistics out{hub.size().nodes, hub.size().heads};
    for (std::size_t h = 0; h < excesses.size(); ++h) {
      for (const auto& excess : excesses[h])
        out.set(excess.node, h, static_cast<float>(excess.excess) / mll::node_statistics::one);
    }
    return out;
  }

  mll::benchmark::wide_hub hub;
  std::vector<std::vector<mll::node_excess>> excesses;
  mll::sparse_node_statistics sparse;
  mll::class_evidence sources;
};

double bytes_of_rows(const world& some) {
  double out = 0;
  for (const auto& of_class : some.sources)
    out += static_cast<double>(of_class.size() * some.hub.size().heads *
                               sizeof(mll::node_statistics::value_type));
  return out;
}

void dense(benchmark::State& state) {
  const world some{static_cast<std::size_t>(state.range(0))};
  const auto statistics = some.dense();
  for (auto unused : state) benchmark::DoNotOptimize(mll::screen(here, statistics, some.sources, keep));
  mll::benchmark::count_bytes(state, bytes_of_rows(some));
}

void sparse(benchmark::State& state) {
  static std::map<double, double> seconds_by_heads;
  const auto heads = static_cast<double>(state.range(0));
  const world some{static_cast<std::size_t>(state.range(0))};
  for (auto unused : state) benchmark::DoNotOptimize(mll::screen(here, some.sparse, some.sources, keep));
  const double seconds = mll::benchmark::seconds_of(
      [&] { benchmark::DoNotOptimize(mll::screen(here, some.sparse, some.sources, keep)); });
  if (const auto before = seconds_by_heads.lower_bound(heads); before != seconds_by_heads.begin()) {
    const auto& [fewer, faster] = *std::prev(before);
    state.counters["exponent"] = std::log(seconds / faster) / std::log(heads / fewer);
  }
  seconds_by_heads[heads] = seconds;
  if (state.range(0) > 100000) return;  // the dense statistics of more take 18 GB
  const auto statistics = some.dense();
  mll::benchmark::compare(state, mll::benchmark::seconds_of([&] {
                            benchmark::DoNotOptimize(mll::screen(here, statistics, some.sources, keep));
                          }));
}

}  // namespace

BENCHMARK(dense)->Arg(10000)->Arg(100000)->Unit(benchmark::kMillisecond);
BENCHMARK(sparse)->Arg(10000)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond);
