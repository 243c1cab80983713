// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <fstream>
#include <iomanip>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "evaluation.hpp"
#include "options.hpp"
#include "result.hpp"

namespace accuracy {

inline std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + "\"";
}

inline std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  std::ostringstream out;
  out << std::setprecision(6) << value;
  return out.str();
}

/// Throws: `std::runtime_error` if the file cannot be written.
inline void write_json(const options& asked, const evaluation& run, const std::vector<result>& results,
                       int argc, char** argv) {
  std::ostringstream out;
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string{argv[i]};
  out << "{\"provenance\": {\"command\": " << quoted(command) << ", \"kit\": " << quoted(asked.kit.string())
      << ", \"tasks_dir\": " << quoted(asked.tasks_dir.string()) << ", \"compiler\": " << quoted(__VERSION__)
      << ", \"threads\": " << std::thread::hardware_concurrency()
      << ", \"general\": " << (asked.general ? "true" : "false")
      << ", \"seconds_label\": " << number(run.seconds_label())
      << ", \"seconds_profile\": " << number(run.seconds_profile()) << "},\n \"results\": [";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const result& row = results[i];
    const auto covered = [&](std::size_t percent) {
      return number(row.at_coverage.empty() ? nan : row.at_coverage[percent / 5 - 1]);
    };
    std::string curve;
    for (const double value : row.at_coverage) curve += (curve.empty() ? "" : ", ") + number(value);
    out << (i == 0 ? "\n" : ",\n") << "  {\"task\": " << quoted(row.task)
        << ", \"method\": " << quoted(row.method) << ", \"hub_size\": " << run.hub_size()
        << ", \"seed\": " << asked.seed << ", \"representation_per_node\": "
        << (asked.per_node == std::numeric_limits<std::size_t>::max() ? "null"
                                                                      : std::to_string(asked.per_node))
        << ", \"heads_per_class\": " << asked.heads_per_class << ", \"experts_budget\": " << asked.experts
        << ", \"accuracy\": " << number(row.accuracy)
        << ", \"macro_accuracy\": " << number(row.macro_accuracy) << ", \"experts_run\": " << row.experts_run
        << ", \"heads_used\": " << row.heads_used
        << ", \"estimate\": " << number(row.estimate ? row.estimate->accuracy : nan)
        << ", \"estimate_low\": " << number(row.estimate ? row.estimate->low : nan)
        << ", \"estimate_high\": " << number(row.estimate ? row.estimate->high : nan)
        << ", \"estimate_on_batch\": " << number(row.batch_estimate)
        << ", \"calibration_error\": " << number(row.calibration_error)
        << ", \"accuracy_at_50\": " << covered(50) << ", \"accuracy_at_70\": " << covered(70)
        << ", \"accuracy_at_90\": " << covered(90) << ", \"accuracy_at_coverage\": [" << curve
        << "], \"senses_right\": " << number(row.senses_right)
        << ", \"seconds_select\": " << number(row.seconds) << "}";
  }
  out << "\n]}\n";
  std::ofstream file{asked.json, std::ios::binary};
  file << out.str();
  if (!file.flush()) throw std::runtime_error{"cannot write " + asked.json};
}

}  // namespace accuracy
