// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Exact search for the k largest inner products: `top_k` over rows in single and half precision, and the
// baseline, a matrix product by Eigen and a partial sort of each row. The counters are shares of the limits
// of the machine (multiply-adds from registers, bytes read from memory).
//
// `embed_top_k --serve ROWS QUERIES DIM THREADS` runs searches for
// benchmarks/studies/baselines/top_k_faiss.py: it reads two files of float32 numbers, then lines `<queries>
// <k> <storage> <file>` from standard input, and prints the seconds of each search; the neighbours are
// written to the file unless it is `-`.
#include "mll/embed/top_k.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "../../support/bounds.hpp"
#include "../../support/median.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#if MLL_TEST_OMP
#include "mll/exec/omp.hpp"
#endif

namespace {

constexpr Eigen::Index row_count = 82115;

mll::matrix<float> unit_rows(Eigen::Index rows, Eigen::Index dimension, std::uint64_t seed) {
  mll::matrix<float> out(rows, dimension);
  mll::random_engine engine{seed};
  for (float& value : out.reshaped()) {
    // Sums of four are close enough to normal for isotropic directions.
    const std::uint64_t bits = engine();
    float sum = 0;
    for (unsigned part = 0; part < 4; ++part) sum += static_cast<float>(bits >> (16 * part) & 0xFFFFU);
    value = sum / 65535.0F - 2;
  }
  out.rowwise().normalize();
  return out;
}

const mll::matrix<float>& rows_of(Eigen::Index dimension) {
  static mll::matrix<float> kept;
  if (kept.cols() != dimension) kept = unit_rows(row_count, dimension, 1);
  return kept;
}

void count_shares(benchmark::State& state) {
  static const double multiply_adds = mll::benchmark::multiply_add_rate(1, 3);
  static const double bandwidth = mll::benchmark::read_bandwidth(1, 3);
  using counter = benchmark::Counter;
  const auto numbers = static_cast<double>(row_count * state.range(0));
  state.counters["of_multiply_adds"] = counter{numbers * static_cast<double>(state.range(1)) / multiply_adds,
                                               counter::kIsIterationInvariantRate};
  state.counters["of_bandwidth"] = counter{numbers * 4 / bandwidth, counter::kIsIterationInvariantRate};
}

void top_k(benchmark::State& state) {
  const auto& rows = rows_of(state.range(0));
  const auto queries = unit_rows(state.range(1), state.range(0), 2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        mll::top_k(mll::exec::sequential{}, rows, queries, static_cast<std::size_t>(state.range(2))));
  }
  count_shares(state);
}

void top_k_half(benchmark::State& state) {
  const mll::matrix<Eigen::half> rows = rows_of(state.range(0)).cast<Eigen::half>();
  const auto queries = unit_rows(state.range(1), state.range(0), 2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        mll::top_k(mll::exec::sequential{}, rows, queries, static_cast<std::size_t>(state.range(2))));
  }
}

void baseline_product_and_sort(benchmark::State& state) {
  const auto& rows = rows_of(state.range(0));
  const auto queries = unit_rows(state.range(1), state.range(0), 2);
  const auto k = static_cast<std::ptrdiff_t>(state.range(2));
  for (auto _ : state) {
    const mll::matrix<float> scores = queries * rows.transpose();
    std::vector<std::uint32_t> order(static_cast<std::size_t>(row_count));
    for (Eigen::Index q = 0; q < scores.rows(); ++q) {
      const float* score = scores.row(q).data();
      std::iota(order.begin(), order.end(), 0U);
      std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return score[a] != score[b] ? score[a] > score[b] : a < b;
      });
      benchmark::DoNotOptimize(order.data());
    }
  }
  count_shares(state);
}

void cells(benchmark::internal::Benchmark* each) {
  each->ArgNames({"dim", "queries", "k"})->Unit(benchmark::kMillisecond);
  for (const int dimension : {128, 384}) {
    for (const int queries : {1, 20}) each->Args({dimension, queries, 5});
  }
}
BENCHMARK(top_k)->Apply(cells);
BENCHMARK(top_k_half)->Apply(cells);
BENCHMARK(baseline_product_and_sort)->Apply(cells);

mll::matrix<float> read_floats(const char* path, Eigen::Index dimension) {
  std::ifstream file{path, std::ios::binary | std::ios::ate};
  const auto bytes = static_cast<Eigen::Index>(file.tellg());
  mll::matrix<float> out(bytes / 4 / dimension, dimension);
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size() * 4))) {
    std::fprintf(stderr, "embed_top_k: cannot read %s\n", path);
    std::exit(1);
  }
  return out;
}

int serve(const char* row_file, const char* query_file, Eigen::Index dimension, std::size_t threads) {
#if MLL_TEST_OMP
  const mll::exec::omp backend{threads};
#else
  const mll::exec::sequential backend;
  if (threads != 1) return std::fprintf(stderr, "embed_top_k: more than one thread needs mll::omp\n"), 2;
#endif
  const auto rows = read_floats(row_file, dimension);
  const mll::matrix<Eigen::half> halves = rows.cast<Eigen::half>();
  const auto all_queries = read_floats(query_file, dimension);
  std::printf("%.9g %.9g\n", mll::benchmark::multiply_add_rate(threads),
              mll::benchmark::read_bandwidth(threads));
  std::fflush(stdout);
  Eigen::Index queries = 0;
  std::size_t k = 0;
  std::string storage;
  std::string path;
  while (std::cin >> queries >> k >> storage >> path) {
    const auto begin = std::chrono::steady_clock::now();
    const mll::nearest_rows found = storage == "half"
                                        ? mll::top_k(backend, halves, all_queries.topRows(queries), k)
                                        : mll::top_k(backend, rows, all_queries.topRows(queries), k);
    std::printf("%.9g\n", mll::benchmark::seconds_since(begin));
    std::fflush(stdout);
    if (path != "-") {
      std::ofstream file{path, std::ios::binary};
      file.write(reinterpret_cast<const char*>(found.row.data()),
                 static_cast<std::streamsize>(found.row.size()) * 4);
      file.write(reinterpret_cast<const char*>(found.score.data()),
                 static_cast<std::streamsize>(found.score.size()) * 4);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 6 && std::string{argv[1]} == "--serve") {
    return serve(argv[2], argv[3], std::atoi(argv[4]), static_cast<std::size_t>(std::atoi(argv[5])));
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
