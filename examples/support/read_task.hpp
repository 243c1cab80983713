#pragma once

#include <mll/core/error.hpp>
#include <mll/match/task/task.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace example {

/// A task by the names of its classes, with captions from a file of lines CLASS<tab>SENTENCE (empty: none).
inline mll::task read_task(const std::vector<std::string>& classes, const std::string& captions_file) {
  std::map<std::string, std::string> captions;
  if (!captions_file.empty()) {
    std::ifstream stream{captions_file};
    if (!stream) throw mll::parse_error{captions_file, 0, "a readable file", "none"};
    std::size_t number = 0;
    for (std::string line; std::getline(stream, line);) {
      ++number;
      if (line.ends_with('\r')) line.pop_back();
      const auto tab = line.find('\t');
      if (tab == std::string::npos)
        throw mll::parse_error{captions_file, number, "CLASS<tab>SENTENCE", "a line without a tab"};
      const std::string name = line.substr(0, tab);
      if (std::find(classes.begin(), classes.end(), name) == classes.end())
        throw mll::parse_error{captions_file, number, "one of the classes", "'" + name + "'"};
      captions[name] = line.substr(tab + 1);
    }
  }
  std::vector<mll::task_class> out;
  for (const auto& name : classes) out.push_back({name, captions[name]});
  return mll::task{std::move(out)};
}

}  // namespace example
