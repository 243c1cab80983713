// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace accuracy {

struct options {
  std::filesystem::path kit;
  std::filesystem::path tasks_dir;
  std::vector<std::string> tasks;
  std::vector<std::string> methods = all_methods();
  std::size_t hub_size = std::numeric_limits<std::size_t>::max();
  std::uint64_t seed = 0;
  std::size_t heads_per_class = 3;
  std::size_t experts = 20;
  std::size_t per_node = std::numeric_limits<std::size_t>::max();
  bool general = true;
  std::string json;

  static std::vector<std::string> all_methods() {
    return {"chance",
            "random_heads",
            "single_expert",
            "uniform_average",
            "name_match",
            "top_heads<mean_difference>",
            "entropy_weighted_f1",
            "top_heads<area_under_roc>",
            "chco<macro_accuracy>",
            "ridge_stacking",
            "shrunken_lda",
            "general_only",
            "embedding_lda",
            "chco-heads",
            "chco-experts",
            "chco-experts-adapted",
            "chco-all",
            "supervised_lda"};
  }

  /// Of a number that is given twice the last one counts, so that a sweep can vary what its user has set.
  void add_to(CLI::App& app) {
    app.add_option("--kit", kit, "Folder of the hub")
        ->required()
        ->envname("MLL_VISION_KIT")
        ->check(CLI::ExistingDirectory);
    app.add_option("--tasks-dir", tasks_dir, "Folder of the tasks (default: tasks in the kit)");
    app.add_option("--tasks", tasks, "Names of tasks, separated by commas (default: all)")->delimiter(',');
    app.add_option("--methods", methods, "Names of methods, separated by commas (default: all)")
        ->delimiter(',')
        ->check(CLI::IsMember(all_methods()));
    app.add_option("--hub-size", hub_size, "Experts drawn for the hub (default: all)")
        ->take_last()
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", seed, "Seed of the draw and of random methods")
        ->take_last()
        ->capture_default_str();
    app.add_option("--heads-per-class", heads_per_class, "Budget of methods that count heads")
        ->take_last()
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--experts", experts, "Budget of chco-experts")
        ->take_last()
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--representation-per-node", per_node, "Maximum number of samples per node (default: all)")
        ->take_last()
        ->check(CLI::PositiveNumber);
    app.add_option("--general", general, "on or off: use the general model of the kit");
    app.add_option("--json", json, "File for the results");
  }

  /// Sets what follows from other options.
  void complete() {
    if (tasks_dir.empty()) tasks_dir = kit / "tasks";
    if (!tasks.empty()) return;
    for (const auto& entry : std::filesystem::directory_iterator{tasks_dir}) {
      if (std::filesystem::exists(entry.path() / "classes.tsv"))
        tasks.push_back(entry.path().filename().string());
    }
    std::sort(tasks.begin(), tasks.end());
  }
};

}  // namespace accuracy
