// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace accuracy {

struct options {
  std::filesystem::path kit;
  std::vector<std::filesystem::path> tasks_dirs;
  std::vector<std::string> tasks;
  std::size_t pseudo_tasks = 0;
  std::filesystem::path export_to;
  std::vector<std::string> methods = all_methods();
  std::size_t hub_size = std::numeric_limits<std::size_t>::max();
  std::uint64_t seed = 0;
  std::size_t heads_per_class = 3;
  std::size_t experts = 20;
  std::size_t covariance_rank = 0;
  std::size_t per_node = std::numeric_limits<std::size_t>::max();
  bool general = true;
  std::string shift;
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
            "supervised_lda",
            "supervised_experts",
            "supervised_lda_experts"};
  }

  /// Of a number that is given twice the last one counts, so that a sweep can vary what its user has set.
  void add_to(CLI::App& app) {
    app.add_option("--kit", kit, "Folder of the hub")
        ->required()
        ->envname("MLL_VISION_KIT")
        ->check(CLI::ExistingDirectory);
    app.add_option("--tasks-dir", tasks_dirs,
                   "Folders of tasks, separated by commas (default: tasks in the kit)")
        ->delimiter(',');
    app.add_option("--tasks", tasks, "Names of tasks, separated by commas (default: all)")->delimiter(',');
    app.add_option(
           "--pseudo-tasks", pseudo_tasks,
           "Instead of tasks, so many of random nodes, with half of the samples of each node; a sixth "
           "of the nodes is hidden from the hub, for outsiders")
        ->capture_default_str();
    app.add_option("--export", export_to, "Folder for the tasks as arrays, for baselines in Python");
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
    app.add_option("--experts", experts, "Budget of chco-experts and of supervised choices")
        ->take_last()
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--covariance-rank", covariance_rank,
                   "Rank of the covariance in the profile of the hub (0: the whole covariance)")
        ->take_last()
        ->capture_default_str();
    app.add_option("--representation-per-node", per_node, "Maximum number of samples per node (default: all)")
        ->take_last()
        ->check(CLI::PositiveNumber);
    app.add_option("--general", general, "on or off: use the general model of the kit");
    app.add_option(
           "--shift", shift,
           "What estimates on a batch follow: default, the formula of the library; images, its fit to "
           "distorted images of a hub of small experts; or learnt, what learn_shift learns of this hub "
           "from noise on its outputs (if not given: default if the kit has pretest/images.npy, else learnt)")
        ->check(CLI::IsMember({"default", "images", "learnt"}));
    app.add_option("--json", json, "File for the results");
  }

  /// The folders of the tasks, by folder of tasks; of pseudo-tasks one list of names.
  [[nodiscard]] std::vector<std::vector<std::filesystem::path>> places() const {
    std::vector<std::vector<std::filesystem::path>> out;
    if (pseudo_tasks != 0) {
      out.emplace_back();
      for (std::size_t i = 0; i < pseudo_tasks; ++i) out.back().push_back("pseudo/" + std::to_string(i));
      return out;
    }
    std::vector<std::filesystem::path> folders = tasks_dirs;
    if (folders.empty()) folders.push_back(kit / "tasks");
    for (const auto& folder : folders) {
      out.emplace_back();
      for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        const bool asked = tasks.empty() || std::find(tasks.begin(), tasks.end(),
                                                      entry.path().filename().string()) != tasks.end();
        if (asked && std::filesystem::exists(entry.path() / "classes.tsv"))
          out.back().push_back(entry.path());
      }
      std::sort(out.back().begin(), out.back().end());
    }
    for (const auto& name : tasks) {
      const bool found = std::any_of(out.begin(), out.end(), [&](const auto& of_folder) {
        return std::any_of(of_folder.begin(), of_folder.end(),
                           [&](const auto& place) { return place.filename() == name; });
      });
      if (!found) throw std::runtime_error{"--tasks: no task '" + name + "' in the folders of tasks"};
    }
    return out;
  }
};

}  // namespace accuracy
