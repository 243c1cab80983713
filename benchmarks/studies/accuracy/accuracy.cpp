// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

// Accuracy of every selection method on the tasks of a hub with cached outputs.

#include <chrono>
#include <cmath>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../../support/program.hpp"
#include "evaluation.hpp"
#include "json.hpp"
#include "options.hpp"
#include "result.hpp"

namespace {

constexpr const char* footer =
    R"(A kit is a folder with
  hub/models.tsv                          model_id, ...
  hub/heads.tsv                           head_id, model_id, head_index, name, ...
  pretest/nodes.tsv                       node, wnid, ...: the nodes with representation samples
  pretest/node_of_sample.npy              [samples]
  pretest/scores.npy                      [samples, heads], in [0, 1]
  pretest/general.npy, node_text.npy      [samples, dim], [nodes, dim] of a general model; optional
  tasks/NAME/classes.tsv                  class, name, caption
  tasks/NAME/scores.npy, truth.npy        [samples, heads], [samples]
  tasks/NAME/general.npy, class_text.npy  [samples, dim], [classes, dim]
Outsiders are the samples of the other tasks of a folder, without classes that are, contain or lie in one of the task.
supervised_lda, supervised_experts and supervised_lda_experts use the truth: oracles, not methods. The experts of the
second are chosen by the truth and combined by representation data, those of the third are chosen and combined by it.
Columns marked evaluation_only are used only to report how many senses of class names were found, and to tell outsiders.
Methods without the general model never answer a class that has no samples; those samples count as wrong.
)";

/// Prints the results on the tasks of one folder.
void print(const accuracy::options& asked, const std::vector<accuracy::result>& results,
           const std::vector<std::filesystem::path>& places) {
  std::cout << std::fixed << std::setprecision(3) << std::left << std::setw(26) << "method";
  for (const auto& place : places)
    std::cout << ' ' << std::right << std::setw(12) << place.filename().string().substr(0, 12);
  std::cout << std::setw(8) << "mean" << std::setw(8) << "macro" << std::setw(9) << "experts" << std::setw(7)
            << "heads" << std::setw(10) << "estimate" << std::setw(10) << "on batch" << std::setw(7) << "ECE"
            << std::setw(8) << "at 50%" << std::setw(7) << "out p" << std::setw(7) << "out b" << std::setw(9)
            << "seconds" << '\n';
  for (const auto& method : asked.methods) {
    double n = 0;
    accuracy::result sum;
    double estimate = 0;
    double at_half = 0;
    double batch = 0;
    double experts = 0;
    double heads = 0;
    double by_probability = 0;
    double by_belongs = 0;
    sum.calibration_error = 0;
    std::ostringstream line;
    line << std::fixed << std::setprecision(3);
    for (const auto& row : results) {
      if (row.method != method || row.tasks_dir != places.front().parent_path()) continue;
      line << ' ' << std::setw(12) << row.accuracy;
      ++n;
      sum.accuracy += row.accuracy;
      sum.macro_accuracy += row.macro_accuracy;
      sum.calibration_error += row.calibration_error;
      sum.seconds += row.seconds;
      estimate += row.estimate ? row.estimate->accuracy : std::numeric_limits<double>::quiet_NaN();
      batch += row.batch_estimate.accuracy;
      at_half += row.at_coverage.empty() ? std::numeric_limits<double>::quiet_NaN() : row.at_coverage[9];
      experts += static_cast<double>(row.experts_run);
      heads += static_cast<double>(row.heads_used);
      by_probability += row.outsiders_by_probability;
      by_belongs += row.outsiders_by_belongs;
    }
    if (n == 0) continue;
    std::cout << std::left << std::setw(26) << method << line.str() << std::right << std::setw(8)
              << sum.accuracy / n << std::setw(8) << sum.macro_accuracy / n << std::setprecision(1)
              << std::setw(9) << experts / n << std::setw(7) << heads / n << std::setprecision(3);
    const auto number = [&](int width, double sum_of) {
      if (std::isnan(sum_of)) {
        std::cout << std::setw(width) << "-";
      } else {
        std::cout << std::setw(width) << sum_of / n;
      }
    };
    number(10, estimate);
    number(10, batch);
    number(7, sum.calibration_error);
    number(8, at_half);
    number(7, by_probability);
    number(7, by_belongs);
    std::cout << std::setw(9) << sum.seconds / n << '\n';
  }
}

/// Runs all tasks. Throws: `std::runtime_error` if one of them failed, after the others.
void run(const accuracy::options& asked, const std::string& command) {
  accuracy::evaluation evaluation{asked};
  std::cout << evaluation.hub_size() << " experts; labelled in " << std::fixed << std::setprecision(2)
            << evaluation.seconds_label() << " s, profiled in " << evaluation.seconds_profile() << " s\n"
            << "estimates on a batch: fit " << evaluation.shift().name;
  if (evaluation.seconds_shift() != 0) std::cout << ", learnt in " << evaluation.seconds_shift() << " s";
  std::cout << '\n';
  std::vector<accuracy::result> results;
  bool complete = true;
  const auto places = asked.places();
  for (const auto& of_folder : places) {
    for (const auto& place : of_folder) {
      try {
        const auto begin = std::chrono::steady_clock::now();
        for (auto& row : evaluation.run(place, of_folder)) {
          std::cerr << row.task << ' ' << row.method << ' ' << row.accuracy << " (" << row.seconds << " s)\n";
          results.push_back(std::move(row));
        }
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        std::cerr << place.filename().string() << ": " << taken.count() << " s\n";
      } catch (const std::exception& failure) {  // keep the results of the other tasks
        std::cerr << "accuracy: task " << place.filename().string() << ": " << failure.what() << '\n';
        complete = false;
      }
    }
  }
  for (const auto& of_folder : places) {
    if (of_folder.empty()) continue;
    if (places.size() > 1) std::cout << '\n' << of_folder.front().parent_path().string() << '\n';
    print(asked, results, of_folder);
  }
  for (const auto& row : results) {
    if (row.method == "chance" && !std::isnan(row.senses_right))
      std::cout << row.task << ": found the sense of " << row.senses_right << " of the class names\n";
  }
  if (!asked.json.empty())
    mll::benchmark::write_json(asked.json, to_json(asked, evaluation, results, command));
  if (!complete) throw std::runtime_error{"some tasks failed"};
}

}  // namespace

int main(int argc, char** argv) {
  accuracy::options asked;
  CLI::App app{"Measures the accuracy of every selection method on a hub with cached outputs.", "accuracy"};
  app.footer(footer);
  asked.add_to(app);
  return mll::benchmark::run_program(app, argc, argv, [&] {
    std::string command;
    for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string{argv[i]};
    run(asked, command);
  });
}
