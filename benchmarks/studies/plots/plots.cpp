// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

// Figures and tables of results of the accuracy benchmark.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../support/program.hpp"
#include "figures.hpp"
#include "results.hpp"
#include "tables.hpp"

namespace {

void write_tables(std::ostream& out, const plots::selection_of& from) {
  const plots::tables write{out};
  // Tables of the whole hub by folder of tasks, in the order of the results.
  std::vector<std::string> folders;
  for (const plots::row& r : from.whole) {
    if (std::find(folders.begin(), folders.end(), r.tasks_dir) == folders.end())
      folders.push_back(r.tasks_dir);
  }
  for (const std::string& folder : folders) {
    plots::selection_of part = from;
    part.whole = plots::where(from.whole, [&](const plots::row& r) { return r.tasks_dir == folder; });
    const std::string suffix =
        folders.size() == 1 ? std::string{}
                            : ", tasks of " + std::filesystem::path{folder}.parent_path().filename().string();
    write.methods_on_whole_hub(part, suffix);
    write.estimates(part, suffix);
    write.estimate_errors(part, suffix);
    write.abstention(part, suffix);
  }
  write.by_column("Accuracy by the number of experts in the hub", from.by_hub, &plots::row::hub_size);
  write.robustness(from);
  write.by_column("Accuracy by the budget of experts", from.by_budget, &plots::row::experts_budget);
  write.by_column("Accuracy by the number of representation samples per node", from.by_data,
                  &plots::row::per_node);
}

void draw_figures(const plots::figures& draw, const plots::selection_of& from) {
  draw.hub_size(from);
  draw.experts_run(from);
  draw.representation(from);
  draw.risk_coverage(from);
  draw.estimate(from);
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::string table_file;
  std::vector<std::string> files;
  CLI::App app{"Draws figures (SVG and PNG, by gnuplot) and writes tables (Markdown).", "plots"};
  app.add_option("--out", folder, "Folder for the figures (default: no figures)");
  app.add_option("--tables", table_file, "File for the tables (default: the standard output)");
  app.add_option("RESULTS", files, "JSON files of the accuracy benchmark")
      ->required()
      ->check(CLI::ExistingFile);
  return mll::benchmark::run_program(app, argc, argv, [&] {
    plots::rows all;
    for (const auto& file : files) plots::read(file, all);
    const plots::selection_of from{all};
    if (table_file.empty()) {
      write_tables(std::cout, from);
    } else {
      std::ofstream file{table_file, std::ios::binary};
      write_tables(file, from);
      if (!file.flush()) throw std::runtime_error{"cannot write " + table_file};
    }
    if (!folder.empty()) draw_figures(plots::figures{folder}, from);
  });
}
