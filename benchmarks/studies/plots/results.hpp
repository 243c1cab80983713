// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace plots {

/// One result of the accuracy benchmark; NaN: not measured.
struct row {
  std::string task;
  std::string method;
  std::string tasks_dir;
  std::size_t hub_size = 0;
  std::size_t seed = 0;
  std::size_t per_node = std::numeric_limits<std::size_t>::max();  // all
  std::size_t experts_budget = 0;
  double accuracy = 0;
  double macro_accuracy = 0;
  double experts_run = 0;
  double heads_used = 0;
  double estimate = 0;
  double estimate_low = 0;
  double estimate_high = 0;
  double estimate_on_batch = 0;
  double estimate_on_batch_low = 0;
  double estimate_on_batch_high = 0;
  double right_by_probability = 0;
  double right_by_confidence = 0;
  double outsiders_by_probability = 0;
  double outsiders_by_confidence = 0;
  double outsiders_by_belongs = 0;
  double calibration_error = 0;
  double seconds = 0;
  std::vector<double> at_coverage;  // 5, 10, ..., 100 %
};

using rows = std::vector<row>;

inline void from_json(const nlohmann::json& from, row& out) {
  const auto number = [&](const char* name) {
    const auto& value = from.at(name);
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
  };
  from.at("task").get_to(out.task);
  from.at("method").get_to(out.method);
  from.at("tasks_dir").get_to(out.tasks_dir);
  from.at("hub_size").get_to(out.hub_size);
  from.at("seed").get_to(out.seed);
  if (const auto& per_node = from.at("representation_per_node"); !per_node.is_null())
    per_node.get_to(out.per_node);
  from.at("experts_budget").get_to(out.experts_budget);
  out.accuracy = number("accuracy");
  out.macro_accuracy = number("macro_accuracy");
  out.experts_run = number("experts_run");
  out.heads_used = number("heads_used");
  out.estimate = number("estimate");
  out.estimate_low = number("estimate_low");
  out.estimate_high = number("estimate_high");
  out.estimate_on_batch = number("estimate_on_batch");
  out.estimate_on_batch_low = number("estimate_on_batch_low");
  out.estimate_on_batch_high = number("estimate_on_batch_high");
  out.right_by_probability = number("right_by_probability");
  out.right_by_confidence = number("right_by_confidence");
  out.outsiders_by_probability = number("outsiders_by_probability");
  out.outsiders_by_confidence = number("outsiders_by_confidence");
  out.outsiders_by_belongs = number("outsiders_by_belongs");
  out.calibration_error = number("calibration_error");
  out.seconds = number("seconds_select");
  from.at("accuracy_at_coverage").get_to(out.at_coverage);
}

/// Appends the results in a file. Throws: `std::runtime_error` naming the file.
inline void read(const std::string& file, rows& out) {
  std::ifstream stream{file};
  try {
    const rows found = nlohmann::json::parse(stream).at("results").get<rows>();
    out.insert(out.end(), found.begin(), found.end());
  } catch (const nlohmann::json::exception& failure) {
    throw std::runtime_error{file + ": expected results of the accuracy benchmark, found " + failure.what()};
  }
}

/// The rows that satisfy a condition.
inline rows where(const rows& all, const std::function<bool(const row&)>& condition) {
  rows out;
  for (const row& r : all) {
    if (condition(r)) out.push_back(r);
  }
  return out;
}

/// The rows of the sweep over each parameter, with all other parameters at their defaults; the default of the
/// budget is its most frequent value.
struct selection_of {
  explicit selection_of(const rows& every) {
    std::map<std::size_t, std::size_t> budgets;
    for (const row& r : every) {
      ++budgets[r.experts_budget];
      largest_hub = std::max(largest_hub, r.hub_size);
    }
    std::size_t max_count = 0;
    for (const auto& [value, count] : budgets) {
      if (count > max_count) {
        max_count = count;
        budget = value;
      }
    }
    whole = where(every, [&](const row& r) {
      return r.hub_size == largest_hub && r.per_node == unlimited && r.experts_budget == budget;
    });
    by_hub =
        where(every, [&](const row& r) { return r.per_node == unlimited && r.experts_budget == budget; });
    by_data =
        where(every, [&](const row& r) { return r.hub_size == largest_hub && r.experts_budget == budget; });
    by_budget = where(every, [&](const row& r) {
      return r.hub_size == largest_hub && r.per_node == unlimited && r.method == "chco-experts";
    });
  }

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  std::size_t largest_hub = 0;
  std::size_t budget = 0;
  rows whole;
  rows by_hub;
  rows by_data;
  rows by_budget;
};

/// Mean of a value over rows; NaN if there are none.
inline double mean(const rows& over, double row::*value) {
  double sum = 0;
  for (const row& r : over) sum += r.*value;
  return over.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(over.size());
}

/// The distinct values of a column, increasing.
template <class T>
std::vector<T> distinct(const rows& over, T row::*value) {
  std::set<T> out;
  for (const row& r : over) out.insert(r.*value);
  return {out.begin(), out.end()};
}

inline rows of_method(const rows& over, const std::string& method) {
  return where(over, [&](const row& r) { return r.method == method; });
}

/// The methods in the order of their first rows.
inline std::vector<std::string> methods(const rows& over) {
  std::vector<std::string> out;
  for (const row& r : over) {
    bool is_new = true;
    for (const auto& known : out) is_new = is_new && known != r.method;
    if (is_new) out.push_back(r.method);
  }
  return out;
}

}  // namespace plots
