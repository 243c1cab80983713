// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace plots {

/// One line of results as the accuracy benchmark writes it; what was not measured is NaN.
struct row {
  std::string task;
  std::string method;
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
  double calibration_error = 0;
  double seconds = 0;
  std::vector<double> at_coverage;  // 5, 10, ..., 100 %
};

using rows = std::vector<row>;

/// Appends the results in a file. Throws: `std::runtime_error` naming the file.
inline void read(const std::string& file, rows& out) {
  boost::property_tree::ptree tree;
  try {
    boost::property_tree::read_json(file, tree);
    const auto number = [](const boost::property_tree::ptree& from, const char* name) {
      const std::string text = from.get<std::string>(name);
      return text == "null" ? std::numeric_limits<double>::quiet_NaN() : std::stod(text);
    };
    for (const auto& [unused, from] : tree.get_child("results")) {
      row r;
      r.task = from.get<std::string>("task");
      r.method = from.get<std::string>("method");
      r.hub_size = from.get<std::size_t>("hub_size");
      r.seed = from.get<std::size_t>("seed");
      const double per_node = number(from, "representation_per_node");
      if (!std::isnan(per_node)) r.per_node = static_cast<std::size_t>(per_node);
      r.experts_budget = from.get<std::size_t>("experts_budget");
      r.accuracy = number(from, "accuracy");
      r.macro_accuracy = number(from, "macro_accuracy");
      r.experts_run = number(from, "experts_run");
      r.heads_used = number(from, "heads_used");
      r.estimate = number(from, "estimate");
      r.estimate_low = number(from, "estimate_low");
      r.estimate_high = number(from, "estimate_high");
      r.estimate_on_batch = number(from, "estimate_on_batch");
      r.calibration_error = number(from, "calibration_error");
      r.seconds = number(from, "seconds_select");
      for (const auto& [none, value] : from.get_child("accuracy_at_coverage"))
        r.at_coverage.push_back(value.get_value<double>());
      out.push_back(std::move(r));
    }
  } catch (const std::exception& failure) {
    throw std::runtime_error{file + ": expected results of the accuracy benchmark, found: " + failure.what()};
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

/// The rows of the sweep over one parameter: everything else is as in most rows of the method in question,
/// which is what the benchmark does unasked.
struct selection_of {
  explicit selection_of(const rows& every) {
    std::map<std::size_t, std::size_t> budgets;
    for (const row& r : every) {
      ++budgets[r.experts_budget];
      largest_hub = std::max(largest_hub, r.hub_size);
    }
    std::size_t most = 0;
    for (const auto& [value, count] : budgets) {
      if (count > most) {
        most = count;
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

/// Mean of a value over rows; NaN over none.
inline double mean(const rows& over, double row::*value) {
  double sum = 0;
  for (const row& r : over) sum += r.*value;
  return over.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(over.size());
}

/// The values of a column, increasing, without repetition.
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
