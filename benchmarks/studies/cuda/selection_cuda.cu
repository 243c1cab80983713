// Selection from hubs of up to a million heads on a CUDA device, stage by stage, on the inputs of
// `selection`. Needs only the CUDA toolkit.
//
// Usage: selection_cuda [--size small|medium|large] [--repeat R] [--seed S] [--json FILE] [--export FOLDER]
//
// --export writes the inputs of screening and the scores of the heads kept as .npy files.

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
#include <thread>
#include <vector>

#include "../../../tests/support/device_oracles.hpp"
#include "../../support/cached_source.hpp"
#include "../../support/wide_hub.hpp"
#include "../selection/options.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/label/statistics/device_node_statistics.cuh"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/device_shortlist.cuh"
#include "mll/select/combine/detail/device_search.hpp"
#include "mll/select/combine/device_greedy_search.cuh"
#include "mll/select/screen/device_screening.cuh"
#include "npy_export.hpp"
#include "parse_options.hpp"

namespace mll::benchmark {
namespace {

using clock = std::chrono::steady_clock;

double since(clock::time_point begin) {
  return std::chrono::duration<double>(clock::now() - begin).count();
}

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
double median_seconds(std::size_t repeat, const F& f) {
  f();  // loads the kernels and fills the memory pool
  std::vector<double> seconds;
  for (std::size_t i = 0; i < repeat; ++i) {
    const auto begin = clock::now();
    f();
    seconds.push_back(since(begin));
  }
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(repeat / 2), seconds.end());
  return seconds[repeat / 2];
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
  const double seconds = median_seconds(9, [&] {
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
    const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::thread> readers;
    for (std::size_t t = 0; t < threads; ++t) {
      readers.emplace_back([&, t] {
        for (std::size_t i = t; i < heads.size(); i += threads)
          source.read(heads[i], which, std::span{codes}.subspan(i * rows.size(), rows.size()));
      });
    }
    for (auto& reader : readers) reader.join();
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

void run(const selection_options& given) {
  const exec::cuda device;
  cudaDeviceProp properties{};
  exec::cuda::require(cudaGetDeviceProperties(&properties, device.device()), "cudaGetDeviceProperties");
  const wide_size size = wide_size::of(given.size);
  const std::size_t needed =
      size.nodes * size.heads * 2 + size.classes * size.classes * 8 + (std::size_t{8} << 30U);
  if (properties.totalGlobalMem < needed) {
    std::printf("SKIP: %s needs %.0f GB on the device, which has %.0f\n", size.name.c_str(),
                static_cast<double>(needed) / 1e9, static_cast<double>(properties.totalGlobalMem) / 1e9);
    return;
  }
  const double bandwidth = copy_bandwidth(device);
  std::printf("%s: %zu heads, %zu nodes, %zu classes; %s, copies %.0f GB/s (read and written)\n",
              size.name.c_str(), size.heads, size.nodes, size.classes, properties.name, bandwidth / 1e9);
  std::vector<stage> stages;

  const wide_hub hub{size, given.seed};
  const sparse_node_statistics sparse{size.nodes, hub.excesses()};
  const class_evidence sources = hub.task(0);
  const cached_source source{hub, sparse};
  constexpr std::size_t keep = 64;
  auto begin = clock::now();
  const device_node_statistics statistics{device, sparse};
  const double upload_hub = since(begin);

  // Screening.
  std::vector<std::vector<screened_head>> screened;
  const double screen_seconds =
      median_seconds(given.repeat, [&] { screened = screen(device, statistics, sources, keep); });
  begin = clock::now();
  const auto expected = test::screen_sparsely(sparse, sources, keep);
  const double host_seconds = since(begin);
  check(screened == expected, "screening");
  double bytes = 0;
  for (const auto& of_class : sources) bytes += static_cast<double>(of_class.size() * size.heads * 2);
  stages.push_back({"screening", screen_seconds, bytes, bytes / screen_seconds / bandwidth,
                    host_seconds / screen_seconds, "sparse search on one host thread, once"});

  // Calibration, without reading and uploading.
  const shortlist_options shortlisting;
  const auto answers =
      detail::pair_answers::read(exec::sequential{}, source, sources, screened, shortlisting);
  begin = clock::now();
  detail::device_calibration calibration{exec::detail::cuda_grid{device}, answers};
  device.synchronize();
  const double upload_answers = since(begin);
  std::vector<std::vector<shortlisted_head>> lists;
  const double calibration_seconds =
      median_seconds(given.repeat, [&] { lists = calibration.run(screened, shortlisting); });
  const double answered = static_cast<double>(answers.all.size() + answers.own.size());
  stages.push_back({"calibration", calibration_seconds, answered, answered / calibration_seconds / bandwidth,
                    std::nullopt, std::to_string(answers.pairs.size()) + " pairs of head and class"});

  // Joint combination, likewise.
  const joint_pool pool{source, sources, lists, 25600, size.heads_per_class};
  begin = clock::now();
  detail::device_search search{exec::detail::cuda_grid{device}, pool.view, detail::search_rules{}};
  device.synchronize();
  const double upload_pool = since(begin);
  std::vector<std::vector<head_pick>> picks;
  const double joint_seconds = median_seconds(given.repeat, [&] { picks = search.run(); });
  stages.push_back({"joint", joint_seconds, static_cast<double>(pool.codes.size()), std::nullopt,
                    std::nullopt, std::to_string(pool.rows.size()) + " samples"});

  if (size.name == "small") {  // larger sizes take minutes on one host thread
    check(is_same(lists, test::shortlist_in_blocks(source, sources, screened, shortlisting)), "calibration");
    check(is_same(picks, test::search_in_blocks(pool.view)), "joint combination");
  }
  const double total = screen_seconds + calibration_seconds + joint_seconds;
  std::printf("%-14s %12s %10s %8s %10s\n", "stage", "seconds", "MB", "bound", "baseline");
  for (const stage& one : stages) {
    const auto ratio = [](std::optional<double> value) { return value ? *value : std::nan(""); };
    std::printf("%-14s %12.6f %10.1f %8.3f %9.1fx  %s\n", one.name.c_str(), one.seconds, one.bytes / 1e6,
                ratio(one.bound_share), ratio(one.baseline_ratio), one.note.c_str());
  }
  std::printf("%-14s %12.6f  without uploads: hub %.3f s (once for all tasks), answers %.3f s, pool %.3f s\n",
              "three stages", total, upload_hub, upload_answers, upload_pool);
  if (!given.export_to.empty())
    export_screening(given.export_to, size, sparse, sources, screened, screen_seconds);
  if (given.json.empty()) return;
  std::ofstream out{given.json};
  out << "{\"size\": \"" << size.name << "\", \"backend\": \"cuda\", \"device\": \"" << properties.name
      << "\", \"threads\": 1, \"copy_bytes_per_second\": " << number(bandwidth) << ", \"stages\": [";
  for (std::size_t i = 0; i < stages.size(); ++i) {
    out << (i == 0 ? "" : ", ") << "{\"name\": \"" << stages[i].name
        << "\", \"seconds\": " << number(stages[i].seconds) << ", \"bytes\": " << number(stages[i].bytes)
        << ", \"bound_share\": " << number(stages[i].bound_share)
        << ", \"baseline_ratio\": " << number(stages[i].baseline_ratio) << "}";
  }
  out << "], \"upload_seconds\": {\"hub\": " << number(upload_hub)
      << ", \"answers\": " << number(upload_answers) << ", \"pool\": " << number(upload_pool)
      << "}, \"total_seconds\": " << number(total) << "}\n";
  if (!out.flush()) throw std::runtime_error{"cannot write '" + given.json + "'"};
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
