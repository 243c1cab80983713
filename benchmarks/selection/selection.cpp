// Selection from hubs of up to a million heads, stage by stage, each beside its baseline and its bound.
//
// Usage: selection [--size small|medium|large] [--backend sequential|omp|tbb] [--threads N] [--repeat R]
//                  [--seed S] [--json FILE] [--export FOLDER]

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

#include "../support/bounds.hpp"
#include "../support/wide_hub.hpp"
#include "cached_source.hpp"
#include "export_inputs.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/node_statistics.hpp"
#include "mll/label/sparse_node_statistics.hpp"
#include "mll/select/screening.hpp"
#include "mll/select/sparse_screening.hpp"
#include "mll/select/wide_funnel.hpp"
#include "options.hpp"
#if MLL_BENCHMARK_OMP
#include "mll/exec/omp.hpp"
#endif
#if MLL_BENCHMARK_TBB
#include "mll/exec/tbb.hpp"
#endif

namespace mll::benchmark {
namespace {

struct stage {
  std::string name;
  double seconds = 0;
  double bytes = 0;                      // that it must read at least
  std::optional<double> bound_share;     // of the measured read bandwidth
  std::optional<double> baseline_ratio;  // baseline seconds / seconds
  std::string baseline;
};

template <class F>
double median_seconds(std::size_t repeat, const F& f) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < repeat; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    seconds.push_back(seconds_since(begin));
  }
  return median(seconds);
}

// Screening as one writes it with a matrix library: class means of all heads, their scores, a partial sort.
std::vector<std::vector<screened_head>> screen_by_matrix(const node_statistics& statistics,
                                                         const class_sources& sources, std::size_t keep) {
  const auto heads = static_cast<Eigen::Index>(statistics.head_count());
  matrix<float> means = matrix<float>::Zero(static_cast<Eigen::Index>(sources.size()), heads);
  for (std::size_t y = 0; y < sources.size(); ++y) {
    for (const class_source& source : sources[y]) {
      const Eigen::Map<const Eigen::Array<std::uint16_t, 1, Eigen::Dynamic>> row{
          statistics.row(source.node).data(), heads};
      means.row(static_cast<Eigen::Index>(y)).array() +=
          static_cast<float>(source.weight) / (256 * node_statistics::one) * row.cast<float>();
    }
  }
  const matrix<float> scores = reuse_scores(means);
  std::vector<std::vector<screened_head>> out(sources.size());
  for (std::size_t y = 0; y < sources.size(); ++y) {
    auto& list = out[y];
    for (Eigen::Index h = 0; h < heads; ++h)
      list.push_back({static_cast<std::uint32_t>(h), scores(static_cast<Eigen::Index>(y), h)});
    const std::size_t kept = std::min(keep, list.size());
    std::partial_sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(kept), list.end(),
                      detail::better_head);
    list.resize(kept);
  }
  return out;
}

// Seconds for calibrating one head for one class from all its answers as numbers.
template <class Source>
double raw_calibration_seconds(const Source& source, const class_sources& sources,
                               const std::vector<std::vector<screened_head>>& screened,
                               const shortlist_options& options) {
  const auto plan =
      detail::plan_samples(sources, source, std::max<std::size_t>(1, options.all_samples / sources.size()));
  const auto samples = plan.samples();
  const auto rows = plan.rows();
  std::vector<std::uint8_t> codes(rows.size());
  double seconds = 0;
  std::size_t pairs = 0;
  float keep = 0;
  for (std::size_t y = 0; y < sources.size() && pairs < 64; ++y) {
    for (std::size_t i = 0; i < screened[y].size() && i < 8; ++i, ++pairs) {
      source.read(screened[y][i].position, samples, codes);
      const auto begin = std::chrono::steady_clock::now();
      Eigen::ArrayXf answers(static_cast<Eigen::Index>(codes.size()));
      for (std::size_t r = 0; r < codes.size(); ++r)
        answers[static_cast<Eigen::Index>(r)] = log_odds_8bit::log_odds(codes[r]);
      keep += calibrate(answers, rows, class_id{y}, options.prior).slope;
      seconds += seconds_since(begin);
    }
  }
  volatile float used = keep;
  static_cast<void>(used);
  return seconds / static_cast<double>(std::max<std::size_t>(1, pairs));
}

// The plain greedy: logits as numbers, and every class is looked at after every step.
struct plain_joint {
  std::vector<std::vector<head_pick>> picks;
  double seconds;
};
template <class Backend>
plain_joint search_plainly(const Backend& backend, const coded_head_pool<>& pool) {
  head_pool plain;
  plain.rows = pool.rows;
  plain.heads_per_class = pool.heads_per_class;
  for (const auto& of_class : pool.candidates) {
    Eigen::ArrayXXf logits(static_cast<Eigen::Index>(pool.rows.size()),
                           static_cast<Eigen::Index>(of_class.size()));
    for (std::size_t c = 0; c < of_class.size(); ++c) {
      for (std::size_t i = 0; i < pool.rows.size(); ++i) {
        logits(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c)) =
            of_class[c].slope * log_odds_8bit::log_odds(of_class[c].codes[i]) + of_class[c].intercept;
      }
    }
    plain.logits.push_back(std::move(logits));
  }
  const greedy_search search{.caution = std::numeric_limits<double>::infinity()};
  const auto begin = std::chrono::steady_clock::now();
  auto picks = search(backend, plain, log_likelihood{});
  return {std::move(picks), seconds_since(begin)};
}

std::size_t different(const std::vector<std::vector<head_pick>>& a,
                      const std::vector<std::vector<head_pick>>& b) {
  std::size_t out = 0;
  for (std::size_t y = 0; y < a.size(); ++y) {
    const auto same = [](const head_pick& p, const head_pick& q) { return p.candidate == q.candidate; };
    out += std::equal(a[y].begin(), a[y].end(), b[y].begin(), b[y].end(), same) ? 0 : 1;
  }
  return out;
}

double bytes_of(const std::vector<std::vector<shortlisted_head>>& lists, std::size_t samples) {
  std::vector<std::uint32_t> heads;
  for (const auto& list : lists) {
    for (const auto& head : list) heads.push_back(head.position);
  }
  std::sort(heads.begin(), heads.end());
  heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
  return static_cast<double>(heads.size() * samples);
}

template <class Backend>
double run(const Backend& backend, const selection_options& options, std::vector<stage>& stages) {
  const wide_size size = wide_size::of(options.size);
  const double bandwidth = read_bandwidth(backend.concurrency());
  std::printf("%s: %zu heads, %zu nodes, %zu classes; %s, %zu threads, reads %.1f GB/s\n", size.name.c_str(),
              size.heads, size.nodes, size.classes, std::string{backend.name()}.c_str(),
              static_cast<std::size_t>(backend.concurrency()), bandwidth / 1e9);
  const wide_hub hub{size, options.seed};
  const auto rises = hub.rises();
  const sparse_node_statistics sparse{size.nodes, rises};
  const class_sources sources = hub.task(0);
  const cached_source source{hub};
  const wide_funnel<> funnel{.count = size.heads_per_class};

  std::vector<std::vector<screened_head>> screened;
  const double sparse_seconds =
      median_seconds(options.repeat, [&] { screened = screen(backend, sparse, sources, funnel.screened); });
  std::optional<double> dense_seconds;
  if (size.name != "large") {  // 18 GB
    node_statistics dense{size.nodes, size.heads};
    for (std::size_t h = 0; h < size.heads; ++h) {
      for (const node_rise& here : rises[h])
        dense.set(here.node, h, static_cast<float>(here.rise) / node_statistics::one);
    }
    std::vector<std::vector<screened_head>> found;
    dense_seconds =
        median_seconds(options.repeat, [&] { found = screen(backend, dense, sources, funnel.screened); });
    if (found != screened) throw std::runtime_error{"dense and sparse screening differ"};
    const double matrix_seconds = median_seconds(std::min<std::size_t>(options.repeat, 3), [&] {
      found = screen_by_matrix(dense, sources, funnel.screened);
    });
    double bytes = 0;
    for (const auto& of_class : sources) bytes += static_cast<double>(of_class.size() * size.heads * 2);
    stages.push_back({"screening", *dense_seconds, bytes, bytes / *dense_seconds / bandwidth,
                      matrix_seconds / *dense_seconds, "matrices of means and scores, 1 thread"});
  }
  stages.push_back({"screening_sparse", sparse_seconds, 0, std::nullopt,
                    dense_seconds ? std::optional{*dense_seconds / sparse_seconds} : std::nullopt,
                    "the dense pass"});

  std::vector<std::vector<shortlisted_head>> lists =
      shortlist(backend, source, sources, screened, funnel.shortlisting);  // reads everything once
  const double shortlist_seconds = median_seconds(
      options.repeat, [&] { lists = shortlist(backend, source, sources, screened, funnel.shortlisting); });
  std::size_t pairs = 0;
  for (const auto& list : screened) pairs += list.size();
  const double raw = raw_calibration_seconds(source, sources, screened, funnel.shortlisting) *
                     static_cast<double>(pairs) / static_cast<double>(backend.concurrency());
  stages.push_back({"calibration", shortlist_seconds, 0, std::nullopt, raw / shortlist_seconds,
                    "Newton on the answers as numbers, 64 pairs extrapolated"});

  const auto plan =
      detail::plan_samples(sources, source, std::max<std::size_t>(1, funnel.joint_samples / sources.size()));
  const detail::responses_of_shortlist<log_odds_8bit> responses{backend, source, plan, lists};
  const auto pool = responses.pool(lists, funnel.count);
  std::vector<std::vector<head_pick>> picks;
  const double joint_seconds =
      median_seconds(options.repeat, [&] { picks = funnel.search(backend, pool, log_likelihood{}); });
  stage joint{"joint", joint_seconds, bytes_of(lists, pool.rows.size()), std::nullopt, std::nullopt, ""};
  if (size.name != "large") {
    const plain_joint plain = search_plainly(backend, pool);
    joint.baseline_ratio = plain.seconds / joint_seconds;
    joint.baseline = "plain greedy on numbers; classes with another choice: " +
                     std::to_string(different(picks, plain.picks));
  }
  stages.push_back(joint);
  const double temperature_seconds = median_seconds(options.repeat, [&] {
    volatile double used =
        detail::best_temperature(backend, detail::scores_of_picks(backend, pool, picks), responses.rows());
    static_cast<void>(used);
  });
  stages.push_back({"temperature", temperature_seconds, 0, std::nullopt, std::nullopt, ""});

  combination chosen;
  const double total =
      median_seconds(options.repeat, [&] { chosen = funnel(backend, sparse, sources, source); });
  std::printf("%zu heads for %zu classes, %zu samples for the joint combination\n", chosen.heads.size(),
              chosen.votes.size(), pool.rows.size());
  if (!options.export_to.empty())
    export_inputs(options.export_to, size, hub, sources, source, funnel, screened, picks, lists);
  return total;
}

std::string number(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return "null";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", *value);
  return text;
}

void print(const std::vector<stage>& stages, double total) {
  std::printf("%-18s %12s %10s %8s %9s\n", "stage", "seconds", "MB", "bound", "baseline");
  for (const stage& one : stages) {
    const auto ratio = [](std::optional<double> value) { return value ? *value : std::nan(""); };
    std::printf("%-18s %12.6f %10.1f %8.2f %8.1fx  %s\n", one.name.c_str(), one.seconds, one.bytes / 1e6,
                ratio(one.bound_share), ratio(one.baseline_ratio), one.baseline.c_str());
  }
  std::printf("%-18s %12.6f\n", "whole selection", total);
}

void write_json(const selection_options& options, const std::vector<stage>& stages, double total) {
  std::ofstream out{options.json};
  out << "{\"size\": \"" << options.size << "\", \"backend\": \"" << options.backend
      << "\", \"threads\": " << options.threads << ", \"stages\": [";
  for (std::size_t i = 0; i < stages.size(); ++i) {
    out << (i == 0 ? "" : ", ") << "{\"name\": \"" << stages[i].name
        << "\", \"seconds\": " << number(stages[i].seconds) << ", \"bytes\": " << number(stages[i].bytes)
        << ", \"bound_share\": " << number(stages[i].bound_share)
        << ", \"baseline_ratio\": " << number(stages[i].baseline_ratio) << "}";
  }
  out << "], \"total_seconds\": " << number(total) << "}\n";
  if (!out.flush()) throw std::runtime_error{"could not write '" + options.json + "'"};
}

}  // namespace
}  // namespace mll::benchmark

int main(int argc, char** argv) {
  using namespace mll::benchmark;
  try {
    selection_options options = selection_options::parse(argc, argv);
    std::vector<stage> stages;
    double total = 0;
    if (options.backend == "sequential") {
      options.threads = 1;
      total = run(mll::exec::sequential{}, options, stages);
#if MLL_BENCHMARK_OMP
    } else if (options.backend == "omp") {
      total = run(mll::exec::omp{options.threads}, options, stages);
#endif
#if MLL_BENCHMARK_TBB
    } else if (options.backend == "tbb") {
      total = run(mll::exec::tbb{options.threads}, options, stages);
#endif
    } else {
      throw mll::invalid_argument{"--backend", "one of this build", "'" + options.backend + "'"};
    }
    print(stages, total);
    if (!options.json.empty()) write_json(options, stages, total);
  } catch (const std::exception& error) {
    std::cerr << "selection: " << error.what() << '\n';
    return 1;
  }
}
