// A stage of a selection with its time, its bound and its baseline; how they are printed and written.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../support/bounds.hpp"
#include "options.hpp"

namespace mll::benchmark {

struct stage {
  std::string name;
  double seconds = 0;
  double bytes = 0;                           // that it must read at least
  double operations = 0;                      // multiply-adds or additions that it must do at least
  double bound = 0;                           // seconds that these would take
  std::optional<double> baseline_ratio = {};  // baseline seconds / seconds
  std::string baseline = {};

  [[nodiscard]] double bound_share() const { return bound / seconds; }
};

// What the machine does at best on so many threads, measured.
struct machine {
  double bandwidth;      // bytes a second
  double multiply_adds;  // a second

  explicit machine(std::size_t threads)
      : bandwidth{read_bandwidth(threads)}, multiply_adds{multiply_add_rate(threads)} {}
  [[nodiscard]] double seconds_for(const stage& one) const {
    return std::max(one.bytes / bandwidth, one.operations / multiply_adds);
  }
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

/// Throws: `std::runtime_error` if the file cannot be written.
inline void write_json(const selection_options& options, const std::vector<stage>& stages, double total) {
  const auto number = [](std::optional<double> value) -> std::string {
    if (!value || !std::isfinite(*value)) return "null";
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", *value);
    return text;
  };
  std::ofstream out{options.json};
  out << "{\"size\": \"" << options.size << "\", \"backend\": \"" << options.backend
      << "\", \"threads\": " << options.threads << ", \"stages\": [";
  for (std::size_t i = 0; i < stages.size(); ++i) {
    out << (i == 0 ? "" : ", ") << "{\"name\": \"" << stages[i].name
        << "\", \"seconds\": " << number(stages[i].seconds) << ", \"bytes\": " << number(stages[i].bytes)
        << ", \"bound_share\": " << number(stages[i].bound_share())
        << ", \"baseline_ratio\": " << number(stages[i].baseline_ratio) << "}";
  }
  out << "], \"total_seconds\": " << number(total) << "}\n";
  if (!out.flush()) throw std::runtime_error{"could not write '" + options.json + "'"};
}

}  // namespace mll::benchmark
