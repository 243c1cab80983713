// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Processor time and peak memory to compile programs of a user, compared with the goals, and to include
// mll/mll.hpp and the libraries that it needs.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../../support/median.hpp"
#include "../../support/program.hpp"
#include "measure.hpp"
#include "mll/core/io/temporary_folder.hpp"

namespace {

using compile_time::cost;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// A translation unit: a file, or a header that an empty file includes.
struct unit {
  std::string name;
  std::string file;  // empty: a header
  bool has_goals = false;
  double max_seconds = std::numeric_limits<double>::quiet_NaN();  // at -O2, in place of the goals of all

  [[nodiscard]] std::vector<std::string> arguments() const {
    if (file.empty()) return {"-include", name, "-x", "c++", "/dev/null"};
    return {file};
  }
};

struct setting {
  std::string name;
  std::vector<std::string> flags;
  cost goal = {none, none};
};

std::vector<std::string> command_of(const std::vector<std::string>& compiler, const unit& what,
                                    const setting& how, const std::string& to = "/dev/null") {
  std::vector<std::string> command = compiler;
  command.insert(command.end(), how.flags.begin(), how.flags.end());
  for (const auto& argument : what.arguments()) command.push_back(argument);
  command.insert(command.end(), {"-o", to});
  return command;
}

struct measurement {
  unit what;
  setting how;
  std::vector<std::string> command = command_of({MLL_COMPILER, "@" MLL_COMPILER_FLAGS, "-c"}, what, how);
  std::vector<cost> runs = {};

  [[nodiscard]] cost median() const {
    std::vector<double> seconds;
    std::vector<double> gigabytes;
    for (const cost& each : runs) {
      seconds.push_back(each.seconds);
      gigabytes.push_back(each.gigabytes);
    }
    return {mll::benchmark::median(seconds), mll::benchmark::median(gigabytes)};
  }
  [[nodiscard]] cost goal() const {
    if (how.name == "O2" && !std::isnan(what.max_seconds)) return {what.max_seconds, none};
    return what.has_goals ? how.goal : cost{none, none};
  }
};

std::vector<unit> programs() {
  return {
    {"mll/mll.hpp", ""}, {"first_task", MLL_EXAMPLES "/first_task.cpp", true},
        {"own_model", MLL_EXAMPLES "/own_model.cpp", true},
        {"experts_budget", MLL_PROGRAMS "/experts_budget.cpp"},
        {"reuse_only", MLL_PROGRAMS "/reuse_only.cpp", false, 6},
#if MLL_TEST_SQLITE
        {"with_store", MLL_PROGRAMS "/with_store.cpp"},
#endif
  };
}

std::vector<setting> settings() {
  return {
    {"O2", {"-O2"}, {18, 1.0}}, {"O0", {"-O0"}, {12, none}},
#if MLL_HAS_COMPILED
        {"O2-compiled", {"-O2", "-DMLL_COMPILED=1"}, {8, none}},
#endif
  };
}

std::vector<unit> libraries() {
  return {{"Eigen/Dense", ""},
          {"boost/graph/adjacency_list.hpp", ""},
          {"boost/graph/compressed_sparse_row_graph.hpp", ""},
          {"xtensor/xtensor.hpp", ""},
          {"thrust/transform_reduce.h", ""}};
}

#if defined(MLL_MODULE_COMPILER)
/// The module, built once per project, and one program by each of module and header, by the compiler of the
/// module.
std::vector<measurement> module_programs(const std::filesystem::path& folder) {
  const std::string module = (folder / "mll.pcm").string();
  const std::string program = MLL_MODULE_PROGRAM;
  std::vector<measurement> out;
  for (const setting& how : {setting{"O2", {"-O2"}}, setting{"O0", {"-O0"}}}) {
    const auto add = [&](const std::string& name, const std::string& file, std::vector<std::string> more,
                         const std::string& to) {
      const unit what{name, file};
      std::vector<std::string> compiler{MLL_MODULE_COMPILER, "@" MLL_COMPILER_FLAGS,
                                        "-Wno-deprecated-declarations"};
      compiler.insert(compiler.end(), more.begin(), more.end());
      out.push_back({what, how, command_of(compiler, what, how, to)});
    };
    add("module mll", MLL_MODULE, {"--precompile"}, module);
    add("imports mll", program, {"-fmodule-file=mll=" + module, "-c"}, "/dev/null");
    add("includes mll/mll.hpp", program, {"-DMLL_INCLUDE=1", "-c"}, "/dev/null");
  }
  return out;
}
#endif

/// `mll/mll.hpp` as a precompiled header, as `target_precompile_headers` makes it, and the programs with it;
/// one header per setting.
std::vector<measurement> precompiled_programs(const std::filesystem::path& folder,
                                              const std::vector<unit>& chosen,
                                              const std::vector<setting>& settings) {
  std::vector<measurement> out;
  for (const setting& how : settings) {
    const std::string header = (folder / (how.name + ".hpp")).string();
    std::ofstream{header} << "#include <mll/mll.hpp>\n";
    const auto add = [&](const unit& what, const std::vector<std::string>& more, const std::string& to) {
      std::vector<std::string> compiler{MLL_COMPILER, "@" MLL_COMPILER_FLAGS};
      compiler.insert(compiler.end(), more.begin(), more.end());
      setting named = how;
      named.name += "-pch";
      named.goal = {none, none};
      out.push_back({what, named, command_of(compiler, what, how, to)});
    };
    add({"precompiling mll/mll.hpp", header}, {"-x", "c++-header"}, header + ".gch");
    for (const unit& what : chosen) {
      if (!what.file.empty())
        add(what, {"-Werror=invalid-pch", "-Wno-ignored-attributes", "-include", header, "-c"}, "/dev/null");
    }
  }
  return out;
}

void measure(std::vector<measurement>& all, std::size_t runs) {
  // Round by round, so that a change in the machine's load affects all of them.
  for (std::size_t run = 0; run < runs; ++run) {
    for (measurement& each : all) {
      each.runs.push_back(compile_time::run(each.command));
      std::fprintf(stderr, "%s %s: %.2f s\n", each.what.name.c_str(), each.how.name.c_str(),
                   each.runs.back().seconds);
    }
  }
}

void print(const std::vector<measurement>& all) {
  const auto goal = [](double value, double limit, const char* unit_name) {
    if (std::isnan(limit)) return std::string{};
    char text[64];
    std::snprintf(text, sizeof text, "; goal %.1f %s: %s", limit, unit_name,
                  value <= limit ? "met" : "missed");
    return std::string{text};
  };
  for (const measurement& each : all) {
    const cost found = each.median();
    std::printf("%-45s %-12s %6.2f s %5.2f GB%s%s\n", each.what.name.c_str(), each.how.name.c_str(),
                found.seconds, found.gigabytes, goal(found.seconds, each.goal().seconds, "s").c_str(),
                goal(found.gigabytes, each.goal().gigabytes, "GB").c_str());
  }
}

nlohmann::ordered_json to_json(const std::vector<measurement>& all, std::size_t runs) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const measurement& each : all) {
    const cost found = each.median();
    rows.push_back({{"unit", each.what.name},
                    {"setting", each.how.name},
                    {"seconds", found.seconds},
                    {"gigabytes", found.gigabytes},
                    {"goal_seconds", each.goal().seconds},
                    {"goal_gigabytes", each.goal().gigabytes}});
  }
  return {{"compiler", MLL_COMPILER}, {"runs", runs}, {"results", rows}};
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& all) {
  std::vector<std::string> out;
  for (const T& each : all) out.push_back(each.name);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t runs = 3;
  std::string json;
  std::vector<std::string> asked_programs = names_of(programs());
  std::vector<std::string> asked_settings = names_of(settings());
  bool with_libraries = false;
  bool with_precompiled = false;
  CLI::App app{"Measures what programs that use mll cost to compile.", "compile_time"};
  app.add_option("--runs", runs, "Runs; the median counts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--programs", asked_programs, "Which programs, separated by commas (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember(names_of(programs())));
  app.add_option("--settings", asked_settings, "Which settings, separated by commas (default: all)")
      ->delimiter(',')
      ->check(CLI::IsMember(names_of(settings())));
  app.add_flag("--libraries", with_libraries, "Also the headers of the libraries that mll/mll.hpp includes");
  app.add_flag("--precompiled", with_precompiled,
               "Also the programs with mll/mll.hpp as a precompiled header");
#if defined(MLL_MODULE_COMPILER)
  bool with_module = false;
  app.add_flag("--module", with_module,
               "Also the module and a program that imports it, by " MLL_MODULE_COMPILER);
#endif
  app.add_option("--json", json, "File for the results");
  return mll::benchmark::run_program(app, argc, argv, [&] {
    const auto has = [](const std::vector<std::string>& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<unit> chosen = programs();
    std::erase_if(chosen, [&](const unit& what) { return !has(asked_programs, what.name); });
    std::vector<setting> chosen_settings = settings();
    std::erase_if(chosen_settings, [&](const setting& how) { return !has(asked_settings, how.name); });
    std::vector<measurement> all;
    for (const unit& what : chosen) {
      for (const setting& how : chosen_settings) all.push_back({what, how});
    }
    if (with_libraries) {
      for (const unit& what : libraries()) all.push_back({what, settings().front()});
    }
    const mll::detail::temporary_folder folder;
    if (with_precompiled) {
      const auto more = precompiled_programs(folder.path(), chosen, chosen_settings);
      all.insert(all.end(), more.begin(), more.end());
    }
#if defined(MLL_MODULE_COMPILER)
    if (with_module) {
      const auto more = module_programs(folder.path());
      all.insert(all.end(), more.begin(), more.end());
    }
#endif
    measure(all, runs);
    std::printf("%s, median of %zu\n", MLL_COMPILER, runs);
    print(all);
    if (!json.empty()) mll::benchmark::write_json(json, to_json(all, runs));
  });
}
