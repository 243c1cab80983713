// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "results.hpp"

namespace plots {

/// Draws with gnuplot; each figure becomes NAME.svg and NAME.png in a folder.
class figures {
 public:
  /// Throws: `std::runtime_error` if gnuplot cannot be run.
  explicit figures(std::filesystem::path folder) : folder_{std::move(folder)} {
    if (std::system("gnuplot --version > /dev/null 2>&1") != 0)
      throw std::runtime_error{"cannot run gnuplot (Debian: install gnuplot-nox)"};
    std::filesystem::create_directories(folder_);
  }

  void hub_size(const selection_of& from) const {
    lines(from.by_hub, &row::hub_size, "hub_size",
          "set xlabel 'experts in the hub'\nset ylabel 'accuracy, mean of tasks'\nset logscale x 2\n");
  }

  void representation(const selection_of& from) const {
    lines(from.by_data, &row::per_node, "representation",
          "set xlabel 'representation samples per node'\nset ylabel 'accuracy, mean of tasks'\n");
  }

  void experts_run(const selection_of& from) const {
    std::ostringstream script;
    script << "set xlabel 'experts run for the task, mean'\nset ylabel 'accuracy, mean of tasks'\n"
           << "set logscale x\nset xrange [0.8:" << 1.6 * static_cast<double>(from.largest_hub)
           << "]\nset key off\n$budgets << EOD\n";
    for (const std::size_t budget : distinct(from.by_budget, &row::experts_budget)) {
      const rows at = where(from.by_budget, [&](const row& r) { return r.experts_budget == budget; });
      script << mean(at, &row::experts_run) << ' ' << mean(at, &row::accuracy) << '\n';
    }
    script << "EOD\n$methods << EOD\n";
    for (const auto& method : shown_of(from.whole)) {
      if (method == "chco-experts") continue;
      const rows at = of_method(from.whole, method);
      script << mean(at, &row::experts_run) << ' ' << mean(at, &row::accuracy) << ' ' << method << '\n';
    }
    script << "EOD\nset label 'chco-experts' at graph 0.04, 0.94 textcolor rgb '" << color("chco-experts")
           << "'\nplot $budgets with linespoints pt 7 ps 0.8 lw 2 lc rgb '" << color("chco-experts")
           << "', $methods using 1:2 with points pt 6 lc rgb '#555555', "
              "$methods using 1:2:3 with labels offset 0,0.8 font ',10'\n";
    draw("experts_run", script.str());
  }

  void risk_coverage(const selection_of& from) const {
    std::ostringstream script;
    script << "set xlabel 'coverage: share of the samples answered, by decreasing confidence'\n"
           << "set ylabel 'risk: share of wrong answers'\nset xrange [0:1]\nset yrange [0:1]\n"
              "set key bottom right\n";
    std::string plot;
    for (const auto& method : shown_of(from.whole)) {
      const rows of = of_method(from.whole, method);
      if (of.front().at_coverage.empty()) continue;
      script << '$' << variable(method) << " << EOD\n";
      for (std::size_t step = 0; step < of.front().at_coverage.size(); ++step) {
        double risk = 0;
        for (const row& r : of) risk += (1 - r.at_coverage.at(step)) / static_cast<double>(of.size());
        script << static_cast<double>(step + 1) / static_cast<double>(of.front().at_coverage.size()) << ' '
               << risk << '\n';
      }
      script << "EOD\n";
      plot += (plot.empty() ? "plot $" : ", $") + variable(method) + " with lines lw 2 lc rgb '" +
              color(method) + "' title '" + method + "'";
    }
    draw("risk_coverage", script.str() + plot + '\n');
  }

  void estimate(const selection_of& from) const {
    std::ostringstream script;
    script << "set xlabel 'measured accuracy'\nset ylabel 'estimated accuracy'\nset xrange [0:1]\n"
              "set yrange [0:1]\nset size square\nset key bottom right\n$points << EOD\n";
    bool any = false;
    for (const row& r : of_method(from.by_hub, "chco-all")) {
      if (std::isnan(r.estimate)) continue;
      any = true;
      script << r.accuracy << ' ' << r.estimate << ' ' << r.estimate_low << ' ' << r.estimate_high << ' '
             << r.estimate_on_batch << '\n';
    }
    if (!any) throw std::runtime_error{"results: expected estimates of chco-all, found none"};
    script << "EOD\nplot x with lines dt 2 lc rgb '#999999' notitle, $points using 1:2:3:4 with yerrorbars "
              "pt 7 ps 0.6 lc rgb '#9ecae1' title 'before any sample, 95 % interval', $points using 1:5 with "
              "points pt 7 ps 0.8 lc rgb '"
           << color("chco-all") << "' title 'with the unlabelled samples'\n";
    draw("estimate", script.str());
  }

 private:
  static std::string color(const std::string& method) {
    static const std::vector<std::pair<std::string, std::string>> known{
        {"chco-all", "#08519c"},        {"chco-experts", "#d94801"}, {"chco-heads", "#238b45"},
        {"ridge_stacking", "#6a51a3"},  {"shrunken_lda", "#9e9ac8"}, {"top_heads<area_under_roc>", "#8c6d31"},
        {"uniform_average", "#737373"}, {"name_match", "#c51b8a"}};
    for (const auto& [name, code] : known) {
      if (name == method) return code;
    }
    return "#000000";
  }

  static std::vector<std::string> shown_of(const rows& over) {
    std::vector<std::string> out;
    for (const char* method : {"chco-all", "chco-experts", "chco-heads", "ridge_stacking", "shrunken_lda",
                               "top_heads<area_under_roc>", "name_match", "uniform_average"}) {
      if (!of_method(over, method).empty()) out.emplace_back(method);
    }
    return out;
  }

  static std::string variable(std::string method) {
    for (char& c : method) {  // as in top_heads<area_under_roc>
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) c = '_';
    }
    return method;
  }

  // Mean accuracy of the methods over a column.
  void lines(const rows& over, std::size_t row::*column, const std::string& name,
             const std::string& axes) const {
    const std::vector<std::size_t> at = distinct(over, column);
    std::string tics;
    std::ostringstream script;
    script << axes << "set key outside right\n";
    const auto position = [&](std::size_t value) {  // "unlimited" is one step beyond the last value
      return value == selection_of::unlimited
                 ? (at.size() < 2 ? 1.0 : 2.0 * static_cast<double>(at[at.size() - 2]))
                 : static_cast<double>(value);
    };
    for (const std::size_t value : at) {
      std::ostringstream tic;
      tic << (tics.empty() ? "" : ", ") << '\''
          << (value == selection_of::unlimited ? "all" : std::to_string(value)) << "' " << position(value);
      tics += tic.str();
    }
    script << "set xtics (" << tics << ")\nset xrange [" << 0.9 * position(at.front()) << ':'
           << 1.1 * position(at.back()) << "]\n";
    std::string plot;
    for (const auto& method : shown_of(over)) {
      const rows of = of_method(over, method);
      script << '$' << variable(method) << " << EOD\n";
      for (const std::size_t value : distinct(of, column)) {
        const rows here = where(of, [&](const row& r) { return r.*column == value; });
        script << position(value) << ' ' << mean(here, &row::accuracy) << '\n';
      }
      script << "EOD\n";
      plot += (plot.empty() ? "plot $" : ", $") + variable(method) +
              " with linespoints pt 7 ps 0.7 lw 2 lc rgb '" + color(method) + "' title '" + method + "'";
    }
    draw(name, script.str() + plot + '\n');
  }

  void draw(const std::string& name, const std::string& script) const {
    for (const auto& [terminal, suffix] :
         {std::pair{"svg noenhanced size 720,440 dynamic background rgb 'white' font 'sans,12'", ".svg"},
          std::pair{"pngcairo noenhanced size 720,440 font 'sans,11'", ".png"}}) {
      const std::filesystem::path file = folder_ / (name + suffix);
      std::FILE* gnuplot = ::popen("gnuplot", "w");
      if (gnuplot == nullptr) throw std::runtime_error{"cannot run gnuplot"};
      const std::string whole =
          std::string{"set terminal "} + terminal + "\nset output '" + file.string() +
          "'\nset grid xtics ytics lt 1 lw 0.5 lc rgb '#dddddd'\nset border 3\nset tics nomirror\n" + script;
      const bool written = std::fwrite(whole.data(), 1, whole.size(), gnuplot) == whole.size();
      if (::pclose(gnuplot) != 0 || !written)
        throw std::runtime_error{"gnuplot cannot draw " + file.string()};
    }
  }

  std::filesystem::path folder_;
};

}  // namespace plots
