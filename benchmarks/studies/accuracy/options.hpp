// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "mll/core/error.hpp"

namespace accuracy {

/// What the command line asks for.
struct options {
  std::filesystem::path kit;
  std::filesystem::path tasks_dir;
  std::vector<std::string> tasks;
  std::vector<std::string> methods;
  std::size_t hub_size = std::numeric_limits<std::size_t>::max();
  std::uint64_t seed = 0;
  std::size_t heads_per_class = 3;
  std::size_t experts = 20;
  std::size_t per_node = std::numeric_limits<std::size_t>::max();
  bool general = true;
  std::string json;
};

inline std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  std::istringstream stream{list};
  for (std::string part; std::getline(stream, part, ',');) {
    if (!part.empty()) out.push_back(part);
  }
  return out;
}

inline const std::vector<std::string> all_methods{
    "chance",          "random",   "single", "uniform", "name",       "top-diff",     "top-f1",  "top-auc",
    "greedy-accuracy", "stacking", "lda",    "general", "chco-heads", "chco-experts", "chco-all"};

/// Throws: `invalid_argument` on what is none of these.
inline options parse(int argc, char** argv) {
  options out;
  const auto number = [](const std::string& name, const std::string& text) {
    std::size_t used = 0;
    unsigned long long value = 0;
    try {
      value = std::stoull(text, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == 0 || used != text.size() || text.front() == '-')
      throw mll::invalid_argument{name, "a whole number", "'" + text + "'"};
    return static_cast<std::size_t>(value);
  };
  const auto count = [&](const std::string& name, const std::string& text) {
    const std::size_t value = number(name, text);
    if (value == 0) throw mll::invalid_argument{name, "at least 1", "0"};
    return value;
  };
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) throw mll::invalid_argument{name, "a value", "none"};
    const std::string value = argv[i + 1];
    if (name == "--kit")
      out.kit = value;
    else if (name == "--tasks-dir")
      out.tasks_dir = value;
    else if (name == "--tasks")
      out.tasks = split(value);
    else if (name == "--methods")
      out.methods = split(value);
    else if (name == "--hub-size")
      out.hub_size = count(name, value);
    else if (name == "--seed")
      out.seed = number(name, value);
    else if (name == "--heads-per-class")
      out.heads_per_class = count(name, value);
    else if (name == "--experts")
      out.experts = count(name, value);
    else if (name == "--representation-per-node")
      out.per_node = count(name, value);
    else if (name == "--general" && (value == "on" || value == "off"))
      out.general = value == "on";
    else if (name == "--json")
      out.json = value;
    else
      throw mll::invalid_argument{name,
                                  "--kit, --tasks-dir, --tasks, --methods, --hub-size, --seed, "
                                  "--heads-per-class, --experts, --representation-per-node, --general on|off "
                                  "or --json",
                                  "'" + name + " " + value + "'"};
  }
  if (out.kit.empty()) {
    const char* folder = std::getenv("MLL_VISION_KIT");
    if (folder == nullptr) throw mll::invalid_argument{"--kit", "a folder", "none"};
    out.kit = folder;
  }
  if (out.tasks_dir.empty()) out.tasks_dir = out.kit / "tasks";
  if (out.methods.empty()) out.methods = all_methods;
  for (const auto& method : out.methods) {
    if (std::find(all_methods.begin(), all_methods.end(), method) == all_methods.end()) {
      std::string known;
      for (const auto& name : all_methods) known += (known.empty() ? "" : ", ") + name;
      throw mll::invalid_argument{"--methods", known, "'" + method + "'"};
    }
  }
  if (out.tasks.empty()) {
    for (const auto& entry : std::filesystem::directory_iterator{out.tasks_dir}) {
      if (std::filesystem::exists(entry.path() / "classes.tsv"))
        out.tasks.push_back(entry.path().filename().string());
    }
    std::sort(out.tasks.begin(), out.tasks.end());
  }
  return out;
}

}  // namespace accuracy
