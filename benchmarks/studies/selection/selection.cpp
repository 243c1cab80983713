// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Selection from hubs of up to a million heads: time of each stage, its lower bound and its baseline.

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../support/bounds.hpp"
#include "../../support/cached_source.hpp"
#include "../../support/numpy_program.hpp"
#include "../../support/program.hpp"
#include "../../support/simple_selection.hpp"
#include "../../support/wide_hub.hpp"
#include "../../support/wide_match.hpp"
#include "export_inputs.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/screen/screening.hpp"
#include "mll/select/screen/sparse_screening.hpp"
#include "mll/select/select.hpp"
#include "numpy_baseline.hpp"
#include "options.hpp"
#include "stage.hpp"
#if MLL_BENCHMARK_OMP
#include "mll/exec/omp.hpp"
#endif
#if MLL_BENCHMARK_TBB
#include "mll/exec/tbb.hpp"
#endif

namespace mll::benchmark {
namespace {

// Number of distinct heads in some lists.
template <class Head>
std::size_t heads_in(const std::vector<std::vector<Head>>& lists) {
  std::vector<std::uint32_t> heads;
  for (const auto& list : lists) {
    for (const auto& head : list) heads.push_back(head.position);
  }
  std::sort(heads.begin(), heads.end());
  heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
  return heads.size();
}

// Selects in NumPy from exported inputs; the last stage is the whole selection.
void compare_with_numpy(const selection_options& options, const std::filesystem::path& inputs,
                        std::vector<stage>& stages) {
  const auto python = find_numpy(options.numpy);
  if (!python) {
    std::printf(
        "SKIP the baseline in NumPy: no Python with NumPy (install python3-numpy, or use --numpy PYTHON)\n");
    return;
  }
  const auto found = numpy_baseline::run(*python, inputs);
  std::printf("in NumPy:");
  for (const auto& [name, seconds] : found.seconds) std::printf(" %s %.3f s", name.c_str(), seconds);
  std::printf("; the same choice for %zu of %zu classes\n", found.same, found.classes);
  stages.back().baseline_ratio = found.seconds.at("total") / stages.back().seconds;
  stages.back().baseline = "NumPy, 1 thread";
}

template <class Backend>
double run(const Backend& backend, const selection_options& options, std::vector<stage>& stages) {
  const wide_size size = wide_size::of(options.size);
  const machine best{backend.concurrency()};
  const auto add = [&](stage one) -> stage& {
    one.bound = best.seconds_for(one);
    stages.push_back(std::move(one));
    return stages.back();
  };
  std::printf("%s: %zu heads, %zu nodes, %zu classes; %s, %zu threads, reads %.1f GB/s\n", size.name.c_str(),
              size.heads, size.nodes, size.classes, std::string{backend.name()}.c_str(),
              static_cast<std::size_t>(backend.concurrency()), best.bandwidth / 1e9);
  const wide_hub hub{size, options.seed};
  const auto excesses = hub.excesses();
  const sparse_node_statistics sparse{size.nodes, excesses};
  const class_evidence sources = hub.task(0);
  const cached_source source{hub, sparse};
  const task_match match = match_of(hub, sources);
  const chco<> method{.budget = heads_per_class{size.heads_per_class}};
  const std::size_t joint_samples = select_options<>{}.max_samples;

  std::vector<std::vector<screened_head>> screened;
  const std::size_t often = 5 * options.repeat;  // for stages that take milliseconds
  const double sparse_seconds =
      median_seconds(often, [&] { screened = screen(backend, sparse, sources, method.screened); });
  double sparse_bytes = 0;
  for (const auto& list : screened) {
    for (const auto& head : list)
      sparse_bytes += static_cast<double>(sparse.of_head(head.position).size() * sizeof(node_excess));
  }
  std::optional<double> dense_seconds;
  if (size.name != "large") {  // 18 GB
    node_statistics dense{size.nodes, size.heads};
    for (std::size_t h = 0; h < size.heads; ++h) {
      for (const node_excess& here : excesses[h])
        dense.set(here.node, h, static_cast<float>(here.excess) / node_statistics::one);
    }
    std::vector<std::vector<screened_head>> found;
    // Alternates with its bound: the memory bandwidth of a shared machine changes by the second.
    std::vector<double> seconds;
    std::vector<double> bandwidth;
    for (std::size_t i = 0; i < often; ++i) {
      bandwidth.push_back(read_bandwidth(backend.concurrency(), 1));
      seconds.push_back(median_seconds(1, [&] { found = screen(backend, dense, sources, method.screened); }));
    }
    dense_seconds = median(seconds);
    if (found != screened) throw std::runtime_error{"dense and sparse screening differ"};
    const double matrix_seconds = median_seconds(std::min<std::size_t>(options.repeat, 3), [&] {
      found = screen_by_matrix(dense, sources, method.screened);
    });
    double bytes = 0;
    for (const auto& of_class : sources) bytes += static_cast<double>(of_class.size() * size.heads * 2);
    add({.name = "screening",
         .seconds = *dense_seconds,
         .bytes = bytes,
         .operations = bytes / 2,
         .baseline_ratio = matrix_seconds / *dense_seconds,
         .baseline = "matrices of means and scores, 1 thread"})
        .bound = bytes / median(bandwidth);
  }
  const std::size_t before = stages.size();  // the stages of the whole selection follow
  stage& sparsely = add({.name = "screening_sparse", .seconds = sparse_seconds, .bytes = sparse_bytes});
  if (dense_seconds) {
    sparsely.baseline_ratio = *dense_seconds / sparse_seconds;
    sparsely.baseline = "the dense pass";
  }

  std::vector<std::vector<shortlisted_head>> lists =
      shortlist(backend, source, sources, screened, method.shortlisting);  // fills the cache
  const double shortlist_seconds = median_seconds(
      options.repeat, [&] { lists = shortlist(backend, source, sources, screened, method.shortlisting); });
  std::size_t pairs = 0;
  for (const auto& list : screened) pairs += list.size();
  const double raw = raw_calibration_seconds(backend, source, sources, screened, method.shortlisting) *
                     static_cast<double>(pairs);
  const auto plan_of = [&](std::size_t samples) {
    return detail::plan_samples(sources, source, std::max<std::size_t>(1, samples / sources.size()));
  };
  const auto calibration_bytes = static_cast<double>(
      heads_in(screened) * sample_total(plan_of(method.shortlisting.all_samples).samples()));
  add({.name = "calibration",
       .seconds = shortlist_seconds,
       .bytes = calibration_bytes,
       .operations = calibration_bytes,
       .baseline_ratio = raw / shortlist_seconds,
       .baseline = "Newton on float responses, extrapolated from 64 pairs"});

  const auto plan = plan_of(joint_samples);
  const auto examples = plan.rows();
  const detail::responses_of_shortlist responses{backend, source, plan, examples, lists};
  const auto pool = responses.pool(lists, size.heads_per_class);
  std::vector<std::vector<head_pick>> picks;
  const double joint_seconds =
      median_seconds(options.repeat, [&] { picks = method.search(backend, pool, log_likelihood{}); });
  const auto joint_bytes = static_cast<double>(heads_in(lists) * pool.rows.size());
  double evaluations = 0;  // each move once
  for (const auto& list : lists) {
    const std::size_t k = std::min(size.heads_per_class, list.size());
    evaluations += static_cast<double>(list.size() + k * (list.size() - k));
  }
  stage& joint = add({.name = "joint",
                      .seconds = joint_seconds,
                      .bytes = joint_bytes,
                      .operations = evaluations * static_cast<double>(pool.rows.size())});
  if (size.name != "large") {
    const plain_joint plain = search_plainly(backend, pool);
    joint.baseline_ratio = plain.seconds / joint_seconds;
    joint.baseline = "plain greedy search on floats; classes with another choice: " +
                     std::to_string(different(picks, plain.picks));
  }
  const double temperature_seconds = median_seconds(options.repeat, [&] {
    volatile double used =
        detail::best_temperature(backend, detail::scores_of_picks(backend, pool, picks), pool.rows);
    static_cast<void>(used);
  });
  const auto temperature_bytes = static_cast<double>(pool.rows.size() * picks.size() * sizeof(float));
  add({.name = "temperature",
       .seconds = temperature_seconds,
       .bytes = temperature_bytes,
       .operations = temperature_bytes / sizeof(float)});

  std::optional<selection> selected;
  const select_options<> whole_options{.method = method, .folds = 0};
  const double total = median_seconds(
      options.repeat, [&] { selected.emplace(select(backend, source, match, whole_options)); });
  const ensemble& chosen = selected->ensemble;
  std::printf("%zu heads for %zu classes, %zu samples for the joint combination\n", chosen.heads.size(),
              chosen.votes.size(), pool.rows.size());
  stage whole{.name = "mll::select", .seconds = total};
  for (std::size_t i = before; i < stages.size(); ++i) {
    whole.bytes += stages[i].bytes;
    whole.operations += stages[i].operations;
    whole.bound += stages[i].bound;
  }
  stages.push_back(whole);
  const bool compare = size.name != "large" && options.numpy != "off";
  if (!options.export_to.empty() || compare) {
    const detail::temporary_folder scratch;
    const auto folder = options.export_to.empty() ? scratch.path() : options.export_to;
    export_inputs(folder, size, hub, sources, source, method, joint_samples, screened, picks, lists);
    if (compare) compare_with_numpy(options, folder, stages);
  }
  return total;
}

double run(const selection_options& options, std::vector<stage>& stages) {
#if MLL_BENCHMARK_OMP
  if (options.backend == "omp") return run(mll::exec::omp{options.threads}, options, stages);
#endif
#if MLL_BENCHMARK_TBB
  if (options.backend == "tbb") return run(mll::exec::tbb{options.threads}, options, stages);
#endif
  if (options.backend == "sequential") return run(mll::exec::sequential{}, options, stages);
  throw mll::invalid_argument{"--backend", "a backend of this build", "'" + options.backend + "'"};
}

void add_options(CLI::App& app, selection_options& options) {
  app.add_option("--size", options.size, "small, medium or large")
      ->capture_default_str()
      ->check(CLI::IsMember({"small", "medium", "large"}));
  app.add_option("--backend", options.backend, "sequential, omp or tbb")
      ->capture_default_str()
      ->check(CLI::IsMember({"sequential", "omp", "tbb"}));
  app.add_option("--threads", options.threads, "Threads of the backend (default: all)")
      ->check(CLI::PositiveNumber);
  app.add_option("--repeat", options.repeat, "Runs; the median counts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Seed of the hub")->capture_default_str();
  app.add_option("--json", options.json, "File for the results");
  app.add_option("--export", options.export_to, "Folder for the inputs as .npy files");
  app.add_option("--numpy", options.numpy, "A Python with NumPy for the baseline; auto; off")
      ->capture_default_str();
}

}  // namespace
}  // namespace mll::benchmark

int main(int argc, char** argv) {
  using namespace mll::benchmark;
  selection_options options;
  CLI::App app{"Measures selection from wide hubs.", "selection"};
  add_options(app, options);
  return run_program(app, argc, argv, [&] {
    if (options.backend == "sequential") options.threads = 1;
    std::vector<stage> stages;
    const double total = run(options, stages);
    print(stages);
    if (!options.json.empty()) write_json(options.json, to_json(options, stages, total));
  });
}
