// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>
#include <mll/match/task/split_class_names.hpp>

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

namespace example {

/// `--classes "cat, dog"`.
inline CLI::Option* add_classes(CLI::App& app, std::vector<std::string>& classes) {
  const auto take = [&classes](const std::vector<std::string>& lists) {
    classes.clear();
    try {
      for (const auto& list : lists) {
        for (auto& name : mll::split_class_names(list)) classes.push_back(std::move(name));
      }
    } catch (const mll::invalid_argument& problem) {
      std::string why = problem.what();
      if (const std::string name = "classes: "; why.starts_with(name)) why.erase(0, name.size());
      throw CLI::ValidationError{"--classes", why};
    }
  };
  return app.add_option_function<std::vector<std::string>>("--classes", take,
                                                           "Names of the classes, separated by commas");
}

}  // namespace example
