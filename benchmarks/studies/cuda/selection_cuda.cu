// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Selection from hubs of up to a million heads on a CUDA device, stage by stage, on the inputs of
// `selection`. Needs only the CUDA toolkit.
//
// Usage: selection_cuda [--size small|medium|large|dense] [--repeat R] [--seed S] [--json FILE]
//                       [--export FOLDER]
//
// The size dense has a mean response of every head at every node, background included, as labels have.
// --export writes the inputs of screening and the scores of the heads kept as .npy files. The caches of the
// device are emptied before every timed call.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../../tests/support/device_oracles.hpp"
#include "../../support/cached_source.hpp"
#include "../../support/median.hpp"
#include "../../support/thread_backend.hpp"
#include "../../support/wide_hub.hpp"
#include "../selection/options.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/thrust_device.cuh"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/statistics/device_node_statistics.cuh"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/detail/thrust_calibration.hpp"
#include "mll/select/calibrate/device_shortlist.cuh"
#include "mll/select/combine/detail/device_search.hpp"
#include "mll/select/combine/detail/thrust/thrust_search.hpp"
#include "mll/select/combine/device_greedy_search.cuh"
#include "mll/select/screen/detail/thrust_screening.hpp"
#include "mll/select/screen/device_screening.cuh"
#include "npy_export.hpp"
#include "parse_options.hpp"

namespace mll::benchmark {
namespace {

struct stage {
  std::string name;
  double seconds = 0;
  double bytes = 0;  // read at least
  std::optional<double> bound_share;
  std::optional<double> baseline_ratio;
  std::string note;
};

// Every call ends with its results on the host, so that the host clock measures all of it.
template <class F>
double cold_seconds(const exec::cuda& device, std::size_t repeat, const F& f) {
  const exec::detail::cuda_grid grid{device};
  auto other_data = grid.allocate<std::uint8_t>(std::size_t{1} << 28U);  // more than the caches hold
  f();  // loads the kernels and fills the memory pool
  return median_seconds(repeat, f, [&] {
    grid.clear(other_data);
    device.synchronize();
  });
}

// Bytes per second of a large copy on the device, counting reads and writes.
double copy_bandwidth(const exec::cuda& device) {
  const exec::detail::cuda_grid grid{device};
  constexpr std::size_t size = std::size_t{1} << 31U;
  auto from = grid.allocate<std::uint8_t>(size);
  auto to = grid.allocate<std::uint8_t>(size);
  // Incompressible data: random bytes, doubled until they fill the buffer.
  std::vector<std::uint8_t> random(std::size_t{1} << 24U);
  std::mt19937_64 engine{7};
  for (auto& byte : random) byte = static_cast<std::uint8_t>(engine());
  grid.upload(std::span{random}, from);
  for (std::size_t filled = random.size(); filled < size; filled *= 2) {
    exec::cuda::require(
        cudaMemcpyAsync(from.data() + filled, from.data(), filled, cudaMemcpyDeviceToDevice, device.stream()),
        "copying");
  }
  const double seconds = cold_seconds(device, 9, [&] {
    exec::cuda::require(
        cudaMemcpyAsync(to.data(), from.data(), size, cudaMemcpyDeviceToDevice, device.stream()), "copying");
    device.synchronize();
  });
  return 2.0 * size / seconds;
}

std::string number(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return "null";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", *value);
  return text;
}

// Responses of the screened heads of all classes to the samples of the search.
struct joint_pool {
  std::vector<example> rows;
  std::vector<std::uint8_t> codes;
  head_pool view;

  joint_pool(const cached_source& source, const class_evidence& sources,
             const std::vector<std::vector<shortlisted_head>>& lists, std::size_t samples,
             std::size_t heads_per_class) {
    const auto plan =
        detail::plan_samples(sources, source, std::max<std::size_t>(1, samples / sources.size()));
    rows = plan.rows();
    std::vector<std::uint32_t> heads;
    for (const auto& list : lists) {
      for (const auto& head : list) heads.push_back(head.position);
    }
    std::sort(heads.begin(), heads.end());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    codes.resize(heads.size() * rows.size());
    const auto which = plan.samples();
    exec::for_each_index(thread_backend{}, heads.size(), [&](std::size_t i) {
      source.read(heads[i], which, std::span{codes}.subspan(i * rows.size(), rows.size()));
    });
    view.rows = rows;
    view.heads_per_class = heads_per_class;
    for (const auto& list : lists) {
      auto& to = view.candidates.emplace_back();
      for (const auto& head : list) {
        const auto at = std::lower_bound(heads.begin(), heads.end(), head.position) - heads.begin();
        to.push_back(
            {codes.data() + static_cast<std::size_t>(at) * rows.size(), head.fit.slope, head.fit.intercept});
      }
    }
  }
};

void check(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error{what + " on the device and on the host differ"};
}

// The same heads in the same order; numbers may differ in the last bits.
bool is_same(const std::vector<std::vector<shortlisted_head>>& a,
             const std::vector<std::vector<shortlisted_head>>& b) {
  const auto same = [](const shortlisted_head& p, const shortlisted_head& q) {
    return p.position == q.position && std::abs(p.fit.slope - q.fit.slope) < 1e-3F;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& p, const auto& q) {
    return std::equal(p.begin(), p.end(), q.begin(), q.end(), same);
  });
}
bool is_same(const std::vector<std::vector<head_pick>>& a, const std::vector<std::vector<head_pick>>& b) {
  const auto same = [](const head_pick& p, const head_pick& q) { return p.candidate == q.candidate; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& p, const auto& q) {
    return std::equal(p.begin(), p.end(), q.begin(), q.end(), same);
  });
}

// The size of a hub and its task; dense: every class reads nodes of its own, and all rows are read.
wide_size size_of(const std::string& name) {
  if (name == "dense") return {name, 5000, 100000, 1000};
  return wide_size::of(name);
}

struct report {
  std::vector<stage> stages;
  double bandwidth = 0;  // of copies, bytes per second

  void add(stage one) { stages.push_back(std::move(one)); }
  void print() const {
    std::printf("%-24s %12s %10s %8s %10s\n", "stage", "seconds", "MB", "bound", "baseline");
    for (const stage& one : stages) {
      const auto ratio = [](std::optional<double> value, const char* unit) {
        char text[32] = "-";
        if (value) std::snprintf(text, sizeof text, unit, *value);
        return std::string{text};
      };
      std::printf("%-24s %12.6f %10.1f %8s %10s  %s\n", one.name.c_str(), one.seconds, one.bytes / 1e6,
                  ratio(one.bound_share, "%.3f").c_str(), ratio(one.baseline_ratio, "%.1fx").c_str(),
                  one.note.c_str());
    }
  }
};

double bytes_of_rows(const class_evidence& sources, std::size_t heads) {
  double out = 0;
  for (const auto& of_class : sources) out += static_cast<double>(of_class.size() * heads * 2);
  return out;
}

// Screening by the kernels and by Thrust, beside the host's own stage. Returns the heads.
template <class Host>
std::vector<std::vector<screened_head>> measure_screening(report& to, const exec::cuda& device,
                                                          const device_node_statistics& statistics,
                                                          const class_evidence& sources, std::size_t keep,
                                                          std::size_t repeat, const Host& host) {
  const exec::detail::cuda_grid grid{device};
  std::vector<std::vector<screened_head>> screened;
  std::size_t twice = 0;
  const double seconds = cold_seconds(device, repeat, [&] {
    detail::device_screening screening{grid, statistics.view(), sources, keep};
    screened = screening.run();
    twice = screening.groups_read_twice();
  });
  auto begin = std::chrono::steady_clock::now();
  check(screened == host(), "screening");
  const double host_seconds = seconds_since(begin);
  const double bytes = bytes_of_rows(sources, statistics.head_count());
  to.add({"screening", seconds, bytes, bytes / seconds / to.bandwidth, host_seconds / seconds,
          "host: all cores, once; read twice: " + std::to_string(twice) + " of " +
              std::to_string((statistics.head_count() + 3) / 4) + " groups of heads"});
  std::vector<std::vector<screened_head>> by_thrust;
  const double thrust_seconds = cold_seconds(device, std::min<std::size_t>(repeat, 3), [&] {
    by_thrust =
        detail::thrust_screening{exec::detail::thrust_device{device}, statistics.view(), sources, keep}.run();
  });
  check(screened == by_thrust, "screening by Thrust");
  to.add({"screening (Thrust)", thrust_seconds, bytes, bytes / thrust_seconds / to.bandwidth, std::nullopt,
          "the same heads and scores"});
  return screened;
}

void write_json(const report& of, const selection_options& given, const char* device, double upload_hub) {
  if (given.json.empty()) return;
  std::ofstream out{given.json};
  out << "{\"size\": \"" << given.size << "\", \"backend\": \"cuda\", \"device\": \"" << device
      << "\", \"copy_bytes_per_second\": " << number(of.bandwidth)
      << ", \"upload_hub_seconds\": " << number(upload_hub) << ", \"stages\": [";
  for (std::size_t i = 0; i < of.stages.size(); ++i) {
    const stage& one = of.stages[i];
    out << (i == 0 ? "" : ", ") << "{\"name\": \"" << one.name << "\", \"seconds\": " << number(one.seconds)
        << ", \"bytes\": " << number(one.bytes) << ", \"bound_share\": " << number(one.bound_share)
        << ", \"baseline_ratio\": " << number(one.baseline_ratio) << "}";
  }
  out << "]}\n";
  if (!out.flush()) throw std::runtime_error{"cannot write '" + given.json + "'"};
}

// Mean responses of all heads at all nodes.
node_statistics all_means(const wide_hub& hub) {
  node_statistics out{hub.size().nodes, hub.size().heads};
  exec::for_each_index(thread_backend{}, hub.size().nodes, [&](std::size_t v) {
    std::vector<float> means(hub.size().heads);
    for (std::size_t h = 0; h < means.size(); ++h) means[h] = hub.mean(h, v);
    out.set_row(v, means);
  });
  return out;
}

void run_dense(const exec::cuda& device, const selection_options& given, const wide_hub& hub, report& to,
               double& upload) {
  const node_statistics dense = all_means(hub);
  const class_evidence sources = hub.task(0);
  const auto begin = std::chrono::steady_clock::now();
  const device_node_statistics statistics{device, dense};
  upload = seconds_since(begin);
  measure_screening(to, device, statistics, sources, 64, given.repeat,
                    [&] { return test::screen_densely(dense, sources, 64); });
}

void run_stages(const exec::cuda& device, const selection_options& given, const wide_hub& hub, report& to,
                double& upload) {
  const wide_size& size = hub.size();
  const sparse_node_statistics sparse{size.nodes, hub.excesses()};
  const class_evidence sources = hub.task(0);
  const cached_source source{hub, sparse};
  constexpr std::size_t keep = 64;
  const exec::detail::cuda_grid grid{device};
  auto begin = std::chrono::steady_clock::now();
  const device_node_statistics statistics{device, sparse};
  upload = seconds_since(begin);
  const auto screened = measure_screening(to, device, statistics, sources, keep, given.repeat,
                                          [&] { return test::screen_sparsely(sparse, sources, keep); });
  if (!given.export_to.empty())
    export_screening(given.export_to, size, sparse, sources, screened, to.stages[0].seconds);

  // Calibration, without reading and uploading.
  const shortlist_options shortlisting;
  const auto read_pairs = [&] {
    return detail::pair_responses::read(thread_backend{}, source, sources, screened, shortlisting);
  };
  const auto pairs = read_pairs();
  detail::device_calibration calibration{grid, pairs};
  std::vector<std::vector<shortlisted_head>> lists;
  const double calibration_seconds =
      cold_seconds(device, given.repeat, [&] { lists = calibration.run(screened, shortlisting); });
  const double response_bytes = static_cast<double>(pairs.all.size() + pairs.own.size());
  to.add({"calibration", calibration_seconds, response_bytes,
          response_bytes / calibration_seconds / to.bandwidth, std::nullopt,
          std::to_string(pairs.pairs.size()) + " pairs of head and class"});
  detail::thrust_calibration by_thrust{exec::detail::thrust_device{device}, pairs};
  std::vector<std::vector<shortlisted_head>> lists_by_thrust;
  const double thrust_seconds = cold_seconds(device, std::min<std::size_t>(given.repeat, 3), [&] {
    lists_by_thrust = by_thrust.run(screened, shortlisting);
  });
  check(is_same(lists, lists_by_thrust), "calibration by Thrust");
  to.add({"calibration (Thrust)", thrust_seconds, response_bytes,
          response_bytes / thrust_seconds / to.bandwidth, std::nullopt, "the same heads"});

  // Joint combination, likewise.
  const auto read_pool = [&] { return joint_pool{source, sources, lists, 25600, size.heads_per_class}; };
  const joint_pool pool = read_pool();
  detail::device_search search{grid, pool.view, detail::lazy_greedy{}};
  std::vector<std::vector<head_pick>> picks;
  const double joint_seconds = cold_seconds(device, given.repeat, [&] { picks = search.run(); });
  to.add({"joint", joint_seconds, static_cast<double>(pool.codes.size()), std::nullopt, std::nullopt,
          std::to_string(pool.rows.size()) + " samples, " + std::to_string(search.moves()) + " moves, " +
              std::to_string(search.evaluations()) + " evaluations of a class"});
  if (size.name != "large") {  // some minutes
    detail::thrust_search search_by_thrust{exec::detail::thrust_device{device}, pool.view};
    std::vector<std::vector<head_pick>> picks_by_thrust;
    const double joint_thrust = cold_seconds(device, 1, [&] { picks_by_thrust = search_by_thrust.run(); });
    to.add({"joint (Thrust)", joint_thrust, static_cast<double>(pool.codes.size()), std::nullopt,
            std::nullopt, is_same(picks, picks_by_thrust) ? "the same picks" : "other picks"});
  }
  if (size.name == "small") {  // larger sizes take minutes on the host
    check(is_same(lists, test::shortlist_in_blocks(source, sources, screened, shortlisting)), "calibration");
    check(is_same(picks, test::search_in_blocks(pool.view)), "joint combination");
  }
  to.add({"three stages", to.stages[0].seconds + calibration_seconds + joint_seconds, 0, std::nullopt,
          std::nullopt, "on the device"});

  // From the nodes of the classes to the picks: what is read of the labels is uploaded, the statistics are
  // there.
  const double whole = cold_seconds(device, given.repeat, [&] {
    const auto heads = screen(device, statistics, sources, keep);
    const auto some = detail::pair_responses::read(thread_backend{}, source, sources, heads, shortlisting);
    const auto kept = detail::device_calibration{grid, some}.run(heads, shortlisting);
    const joint_pool responses{source, sources, kept, 25600, size.heads_per_class};
    picks = detail::device_search{grid, responses.view, detail::lazy_greedy{}}.run();
  });
  to.add({"end to end", whole, 0, std::nullopt, std::nullopt, "with reading and uploading of responses"});
}

void run(const selection_options& given) {
  const exec::cuda device;
  cudaDeviceProp properties{};
  exec::cuda::require(cudaGetDeviceProperties(&properties, device.device()), "cudaGetDeviceProperties");
  const wide_size size = size_of(given.size);
  const std::size_t needed =
      size.nodes * size.heads * 2 + size.classes * size.classes * 8 + (std::size_t{8} << 30U);
  if (properties.totalGlobalMem < needed) {
    std::printf("SKIP: %s needs %.0f GB on the device, which has %.0f\n", size.name.c_str(),
                static_cast<double>(needed) / 1e9, static_cast<double>(properties.totalGlobalMem) / 1e9);
    return;
  }
  report results;
  results.bandwidth = copy_bandwidth(device);
  std::printf("%s: %zu heads, %zu nodes, %zu classes; %s, copies %.0f GB/s (read and written)\n",
              size.name.c_str(), size.heads, size.nodes, size.classes, properties.name,
              results.bandwidth / 1e9);
  const wide_hub hub{size, given.seed};
  double upload = 0;
  if (size.name == "dense") {
    run_dense(device, given, hub, results, upload);
  } else {
    run_stages(device, given, hub, results, upload);
  }
  results.print();
  std::printf("upload of the statistics, once per hub: %.3f s\n", upload);
  write_json(results, given, properties.name, upload);
}

}  // namespace
}  // namespace mll::benchmark

int main(int argc, char** argv) {
  try {
    mll::benchmark::selection_options usual;
    usual.backend = "cuda";
    usual.repeat = 9;
    const auto given = mll::benchmark::parse_options(argc, argv, usual);
    if (given.backend != "cuda") throw mll::invalid_argument{"--backend", "cuda", "'" + given.backend + "'"};
    if (mll::exec::cuda::device_count() == 0) {
      std::printf("SKIP: no CUDA device (on a machine with one: bash benchmarks/studies/cuda/cuda_run.sh)\n");
      return 0;
    }
    mll::benchmark::run(given);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "selection_cuda: %s\n", error.what());
    return 1;
  }
}
