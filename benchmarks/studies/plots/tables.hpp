// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "results.hpp"

namespace plots {

/// Results as tables in Markdown.
class tables {
 public:
  explicit tables(std::ostream& out) : out_{&out} {}

  /// All methods on the whole hub.
  void methods_on_whole_hub(const selection_of& from) const {
    const auto tasks = distinct(from.whole, &row::task);
    line("All methods on the whole hub (" + std::to_string(from.largest_hub) + " experts)");
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

  /// Accuracy of the methods (rows) by the values of a column.
  void by_column(const std::string& title, const rows& over, std::size_t row::*column) const {
    const auto at = distinct(over, column);
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

  /// Distance of chco-all below the better of uniform average and name match, over tasks, hubs and seeds.
  void robustness(const selection_of& from) const {
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
  void estimates(const selection_of& from) const {
    line("Estimated and measured accuracy");
    header({"method", "task", "estimate", "95 % interval", "with the unlabelled samples", "measured"});
    for (const row& r : from.whole) {
      if (std::isnan(r.estimate)) continue;
      write({code(r.method), r.task, number(r.estimate),
             number(r.estimate_low) + " to " + number(r.estimate_high), number(r.estimate_on_batch),
             number(r.accuracy)});
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
