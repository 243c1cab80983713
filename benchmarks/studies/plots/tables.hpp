// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <limits>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "results.hpp"

namespace plots {

/// Results as tables in Markdown.
class tables {
 public:
  explicit tables(std::ostream& out) : out_{&out} {}

  /// All methods on the whole hub.
  /// @param[in] suffix of the title
  void methods_on_whole_hub(const selection_of& from, const std::string& suffix) const {
    const auto tasks = distinct(from.whole, &row::task);
    line("All methods on the whole hub (" + std::to_string(from.largest_hub) + " experts)" + suffix);
    std::vector<std::string> head{"method"};
    head.insert(head.end(), tasks.begin(), tasks.end());
    for (const char* name : {"mean", "macro", "experts run", "heads used", "calibration error",
                             "accuracy at 50 % / 70 % / 90 % coverage", "seconds"})
      head.emplace_back(name);
    header(head);
    for (const auto& method : methods(from.whole)) {
      const rows of = of_method(from.whole, method);
      std::vector<std::string> cells{code(method)};
      for (const auto& task : tasks)
        cells.push_back(
            number(mean(where(of, [&](const row& r) { return r.task == task; }), &row::accuracy)));
      cells.push_back(number(mean(of, &row::accuracy)));
      cells.push_back(number(mean(of, &row::macro_accuracy)));
      cells.push_back(number(mean(of, &row::experts_run), 1));
      cells.push_back(number(mean(of, &row::heads_used), 1));
      cells.push_back(number(mean(of, &row::calibration_error)));
      cells.push_back(covered(of, 9) + " / " + covered(of, 13) + " / " + covered(of, 17));
      cells.push_back(number(mean(of, &row::seconds), 2));
      write(cells);
    }
  }

  /// Accuracy of the methods (rows) by the values of a column; nothing if it has only one.
  void by_column(const std::string& title, const rows& over, std::size_t row::*column) const {
    const auto at = distinct(over, column);
    if (at.size() < 2) return;
    line(title);
    std::vector<std::string> head{"method"};
    for (const std::size_t value : at)
      head.push_back(value == selection_of::unlimited ? "all" : std::to_string(value));
    header(head);
    for (const auto& method : methods(over)) {
      const rows of = of_method(over, method);
      std::vector<std::string> cells{code(method)};
      for (const std::size_t value : at)
        cells.push_back(
            number(mean(where(of, [&](const row& r) { return r.*column == value; }), &row::accuracy)));
      write(cells);
    }
  }

  /// Distance of chco-all below the better of uniform average and name match, over tasks, hubs and seeds;
  /// nothing if there is only one size of hubs.
  void robustness(const selection_of& from) const {
    if (distinct(from.by_hub, &row::hub_size).size() < 2) return;
    using cell = std::tuple<std::string, std::size_t, std::size_t>;
    std::map<cell, std::map<std::string, double>> cells;
    for (const row& r : from.by_hub) cells[{r.task, r.hub_size, r.seed}][r.method] = r.accuracy;
    std::size_t compared = 0;
    std::size_t below = 0;
    double worst = -1;
    for (const auto& [where, found] : cells) {
      if (!found.contains("chco-all") || !found.contains("uniform_average") || !found.contains("name_match"))
        continue;
      const double gap = std::max(found.at("uniform_average"), found.at("name_match")) - found.at("chco-all");
      ++compared;
      below += gap > 0.02 ? 1 : 0;
      worst = std::max(worst, gap);
    }
    line("chco-all and the better of uniform average and name match, by task, hub and seed");
    header({"cases", "more than .02 below", "largest distance below"});
    write({std::to_string(compared), std::to_string(below),
           compared == 0 ? "-" : number(std::max(0.0, worst))});
  }

  /// Estimated and measured accuracy.
  void estimates(const selection_of& from, const std::string& suffix) const {
    line("Estimated and measured accuracy" + suffix);
    header({"method", "task", "estimate", "95 % interval", "on the batch", "90 % interval", "macro accuracy",
            "accuracy"});
    for (const row& r : from.whole) {
      if (std::isnan(r.estimate) && std::isnan(r.estimate_on_batch)) continue;
      write({code(r.method), r.task, number(r.estimate), interval(r.estimate_low, r.estimate_high),
             number(r.estimate_on_batch), interval(r.estimate_on_batch_low, r.estimate_on_batch_high),
             number(r.macro_accuracy), number(r.accuracy)});
    }
  }

  /// How far the estimates are from macro accuracy, and how often their intervals hold it.
  void estimate_errors(const selection_of& from, const std::string& suffix) const {
    line("Mean distance of the estimate from macro accuracy, and tasks whose interval holds it" + suffix);
    header({"method", "beforehand", "95 % interval", "on the batch", "90 % interval"});
    for (const auto& method : methods(from.whole)) {
      const rows of = of_method(from.whole, method);
      const auto [before, held_before] = error(of, &row::estimate, &row::estimate_low, &row::estimate_high);
      const auto [after, held_after] =
          error(of, &row::estimate_on_batch, &row::estimate_on_batch_low, &row::estimate_on_batch_high);
      if (std::isnan(before) && std::isnan(after)) continue;
      write({code(method), number(before), held_before, number(after), held_after});
    }
  }

  /// Areas under the ROC curve of what `classify` says: right against wrong answers, samples of the task
  /// against outsiders.
  void abstention(const selection_of& from, const std::string& suffix) const {
    line("Areas under the ROC curve: right answers, and samples that belong to the task" + suffix);
    header({"method", "right by probability", "by confidence", "belongs by probability", "by confidence",
            "by `belongs`"});
    for (const auto& method : methods(from.whole)) {
      const rows of = of_method(from.whole, method);
      if (std::isnan(mean(of, &row::right_by_confidence))) continue;
      write({code(method), number(mean(of, &row::right_by_probability)),
             number(mean(of, &row::right_by_confidence)), number(mean(of, &row::outsiders_by_probability)),
             number(mean(of, &row::outsiders_by_confidence)), number(mean(of, &row::outsiders_by_belongs))});
    }
  }

 private:
  void line(const std::string& title) const { *out_ << "\n### " << title << "\n\n"; }

  void header(const std::vector<std::string>& names) const {
    write(names);
    for (std::size_t i = 0; i < names.size(); ++i) *out_ << (i == 0 ? "| --- |" : " --- |");
    *out_ << '\n';
  }

  void write(const std::vector<std::string>& cells) const {
    *out_ << '|';
    for (const auto& cell : cells) *out_ << ' ' << cell << " |";
    *out_ << '\n';
  }

  /// Markdown would take `<...>` for HTML.
  static std::string code(const std::string& text) { return "`" + text + "`"; }

  static std::string number(double value, int digits = 3) {
    if (std::isnan(value)) return "-";
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << value;
    return out.str();
  }

  static std::string interval(double low, double high) {
    return std::isnan(low) ? "-" : number(low) + " to " + number(high);
  }

  /// Mean distance of an estimate from macro accuracy, and in how many rows the interval holds it.
  static std::pair<double, std::string> error(const rows& of, double row::*estimate, double row::*low,
                                              double row::*high) {
    double sum = 0;
    std::size_t held = 0;
    std::size_t count = 0;
    for (const row& r : of) {
      if (std::isnan(r.*estimate)) continue;
      ++count;
      sum += std::abs(r.*estimate - r.macro_accuracy);
      held += r.*low <= r.macro_accuracy && r.macro_accuracy <= r.*high ? 1 : 0;
    }
    if (count == 0) return {std::numeric_limits<double>::quiet_NaN(), "-"};
    return {sum / static_cast<double>(count), std::to_string(held) + " of " + std::to_string(count)};
  }

  static std::string covered(const rows& of, std::size_t step) {
    double sum = 0;
    for (const row& r : of) {
      if (r.at_coverage.size() <= step) return "-";
      sum += r.at_coverage[step];
    }
    return number(sum / static_cast<double>(of.size()));
  }

  std::ostream* out_;
};

}  // namespace plots
