// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.

// How accurate every selection method is on the tasks of a hub whose outputs were cached.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluation.hpp"
#include "json.hpp"
#include "options.hpp"
#include "result.hpp"

namespace {

constexpr std::string_view usage =
    R"(usage: accuracy --kit DIR [--tasks-dir DIR] [--tasks a,b,...] [--methods a,b,...] [--hub-size N] [--seed S]
                [--heads-per-class K] [--experts B] [--representation-per-node R] [--general on|off] [--json FILE]

A kit is a folder with
  hub/models.tsv                          model_id, ...
  hub/heads.tsv                           head_id, model_id, head_index, name, ...
  pretest/nodes.tsv                       node, wnid, ...: the nodes with representation samples
  pretest/node_of_sample.npy              [samples]
  pretest/scores.npy                      [samples, heads], in [0, 1]
  pretest/general.npy, node_text.npy      [samples, dim], [nodes, dim] of a general model; may be absent
  tasks/NAME/classes.tsv                  class, name, caption
  tasks/NAME/scores.npy, truth.npy        [samples, heads], [samples]
  tasks/NAME/general.npy, class_text.npy  [samples, dim], [classes, dim]
Columns marked evaluation_only are read for one purpose: to say how often the sense of a class was right.
The folder of a kit may also stand in MLL_VISION_KIT. A class that no sample speaks for is never answered by a method
without the general model, and counts as wrong.
)";

void print(const accuracy::options& asked, const std::vector<accuracy::result>& results) {
  std::cout << std::fixed << std::setprecision(3) << std::left << std::setw(16) << "method";
  for (const auto& task : asked.tasks) std::cout << ' ' << std::right << std::setw(12) << task.substr(0, 12);
  std::cout << std::setw(8) << "mean" << std::setw(8) << "macro" << std::setw(9) << "experts" << std::setw(7)
            << "heads" << std::setw(10) << "estimate" << std::setw(10) << "on batch" << std::setw(7) << "ECE"
            << std::setw(8) << "at 50%" << std::setw(9) << "seconds" << '\n';
  for (const auto& method : asked.methods) {
    double n = 0;
    accuracy::result sum;
    double estimate = 0;
    double at_half = 0;
    double batch = 0;
    double experts = 0;
    double heads = 0;
    sum.calibration_error = 0;
    std::ostringstream line;
    line << std::fixed << std::setprecision(3);
    for (const auto& row : results) {
      if (row.method != method) continue;
      line << ' ' << std::setw(12) << row.accuracy;
      ++n;
      sum.accuracy += row.accuracy;
      sum.macro_accuracy += row.macro_accuracy;
      sum.calibration_error += row.calibration_error;
      sum.seconds += row.seconds;
      estimate += row.estimate ? row.estimate->accuracy : std::numeric_limits<double>::quiet_NaN();
      batch += row.batch_estimate;
      at_half += row.at_coverage.empty() ? std::numeric_limits<double>::quiet_NaN() : row.at_coverage[9];
      experts += static_cast<double>(row.experts_run);
      heads += static_cast<double>(row.heads_used);
    }
    if (n == 0) continue;
    std::cout << std::left << std::setw(16) << method << line.str() << std::right << std::setw(8)
              << sum.accuracy / n << std::setw(8) << sum.macro_accuracy / n << std::setprecision(1)
              << std::setw(9) << experts / n << std::setw(7) << heads / n << std::setprecision(3)
              << std::setw(10);
    if (std::isnan(estimate)) {
      std::cout << "-" << std::setw(10) << "-";
    } else {
      std::cout << estimate / n << std::setw(10) << batch / n;
    }
    std::cout << std::setw(7) << sum.calibration_error / n << std::setw(8) << at_half / n << std::setw(9)
              << sum.seconds / n << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (std::find(argv + 1, argv + argc, std::string_view{"--help"}) != argv + argc) {
      std::cout << usage;
      return 0;
    }
    const accuracy::options asked = accuracy::parse(argc, argv);
    accuracy::evaluation run{asked};
    std::cout << run.hub_size() << " experts; labelled in " << std::fixed << std::setprecision(2)
              << run.seconds_label() << " s, profiled in " << run.seconds_profile() << " s\n";
    std::vector<accuracy::result> results;
    bool complete = true;
    for (const auto& task : asked.tasks) {
      try {
        for (auto& row : run.run(task)) {
          std::cerr << row.task << ' ' << row.method << ' ' << row.accuracy << " (" << row.seconds << " s)\n";
          results.push_back(std::move(row));
        }
      } catch (const std::exception& failure) {  // the other tasks' results are not lost
        std::cerr << "accuracy: task " << task << ": " << failure.what() << '\n';
        complete = false;
      }
    }
    print(asked, results);
    for (const auto& task : asked.tasks) {
      const auto row =
          std::find_if(results.begin(), results.end(), [&](const auto& r) { return r.task == task; });
      if (row != results.end() && !std::isnan(row->senses_right))
        std::cout << task << ": sense right for " << row->senses_right << " of the classes\n";
    }
    if (!asked.json.empty()) accuracy::write_json(asked, run, results, argc, argv);
    return complete ? 0 : 1;
  } catch (const std::exception& failure) {
    std::cerr << "accuracy: " << failure.what() << '\n';
  }
  return 1;
}
