// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Stages of a selection with their times, lower bounds and baselines, as a table and as JSON.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "../../support/bounds.hpp"
#include "../../support/median.hpp"
#include "options.hpp"

namespace mll::benchmark {

struct stage {
  std::string name;
  double seconds = 0;
  double bytes = 0;                           // read at least
  double operations = 0;                      // multiply-adds or additions, at least
  double bound = 0;                           // seconds for these
  std::optional<double> baseline_ratio = {};  // baseline seconds / seconds
  std::string baseline = {};

  [[nodiscard]] double bound_share() const { return bound / seconds; }
};

// Measured upper bounds of the machine on this number of threads.
struct machine {
  double bandwidth;      // bytes per second
  double multiply_adds;  // per second

  explicit machine(std::size_t threads)
      : bandwidth{read_bandwidth(threads)}, multiply_adds{multiply_add_rate(threads)} {}
  [[nodiscard]] double seconds_for(const stage& one) const {
    return std::max(one.bytes / bandwidth, one.operations / multiply_adds);
  }
};

inline void print(const std::vector<stage>& stages) {
  std::printf("%-18s %12s %10s %8s %9s\n", "stage", "seconds", "MB", "bound", "baseline");
  for (const stage& one : stages) {
    std::printf("%-18s %12.6f %10.1f", one.name.c_str(), one.seconds, one.bytes / 1e6);
    std::printf(" %7.1f%%", 100 * one.bound_share());
    one.baseline_ratio ? static_cast<void>(std::printf(" %8.1fx", *one.baseline_ratio))
                       : static_cast<void>(std::printf(" %9s", "-"));
    std::printf("  %s\n", one.baseline.c_str());
  }
}

inline nlohmann::ordered_json to_json(const selection_options& options, const std::vector<stage>& stages,
                                      double total) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const stage& one : stages) {
    rows.push_back({{"name", one.name},
                    {"seconds", one.seconds},
                    {"bytes", one.bytes},
                    {"bound_share", one.bound_share()},
                    {"baseline_ratio", one.baseline_ratio.value_or(std::nan(""))}});
  }
  return {{"size", options.size},
          {"backend", options.backend},
          {"threads", options.threads},
          {"stages", rows},
          {"total_seconds", total}};
}

}  // namespace mll::benchmark
