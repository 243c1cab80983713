// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.

// Turns results of the accuracy benchmark into figures (SVG and PNG, by gnuplot) and tables (Markdown).
//
// Usage: plots [--out DIR] [--tables FILE] RESULTS.json...
//
// Without --out, no figures; without --tables, tables go to the standard output.

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "figures.hpp"
#include "results.hpp"
#include "tables.hpp"

namespace {

void write_tables(std::ostream& out, const plots::selection_of& from) {
  const plots::tables write{out};
  write.methods_on_whole_hub(from);
  write.by_column("Accuracy by the number of experts in the hub", from.by_hub, &plots::row::hub_size);
  write.robustness(from);
  write.by_column("Accuracy by the number of experts that may run", from.by_budget,
                  &plots::row::experts_budget);
  write.by_column("Accuracy by the number of representation samples a node", from.by_data,
                  &plots::row::per_node);
  write.estimates(from);
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::string table_file;
  plots::rows all;
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      if (argument == "--out" || argument == "--tables") {
        if (++i == argc) throw std::runtime_error{std::string{argument} + ": expected a value, found none"};
        (argument == "--out" ? folder : table_file) = argv[i];
      } else if (argument.starts_with("--")) {
        throw std::runtime_error{"expected --out, --tables or a file, found '" + std::string{argument} + "'"};
      } else {
        plots::read(std::string{argument}, all);
      }
    }
    if (all.empty()) {
      std::cerr << "usage: plots [--out DIR] [--tables FILE] RESULTS.json...\n";
      return 2;
    }
    const plots::selection_of from{all};
    if (table_file.empty()) {
      write_tables(std::cout, from);
    } else {
      std::ofstream file{table_file, std::ios::binary};
      write_tables(file, from);
      if (!file.flush()) throw std::runtime_error{"cannot write " + table_file};
    }
    if (!folder.empty()) {
      const plots::figures draw{folder};
      draw.hub_size(from);
      draw.experts_run(from);
      draw.representation(from);
      draw.risk_coverage(from);
      draw.estimate(from);
    }
  } catch (const std::exception& failure) {
    std::cerr << "plots: " << failure.what() << '\n';
    return 1;
  }
  return 0;
}
