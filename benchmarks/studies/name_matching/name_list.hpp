// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <mll/mll.hpp>
#include <string>
#include <vector>

#include "../../support/split.hpp"

namespace name_matching {

/// A name, the node that it means, and a sentence about it.
struct named_node {
  std::string name;
  mll::node_id node;
  std::string caption;
};

/// Calls `visit(line, its number)` for each line that is not empty. Throws: `parse_error`.
template <class Visit>
void for_each_line(const std::filesystem::path& path, const Visit& visit) {
  std::ifstream in{path};
  if (!in) throw mll::parse_error{path.string(), 0, "a readable file", "none"};
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line != "\r") visit(line, number);
  }
}

/// Reads `name <tab> wnid [<tab> caption]`; a header names the columns. Throws: `parse_error` for another
/// format, or an id that is not in the graph.
inline std::vector<named_node> read_names(const std::filesystem::path& path,
                                          const mll::semantic_dag<>& graph) {
  std::vector<named_node> out;
  std::vector<std::string> columns;
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  for_each_line(path, [&](const std::string& line, std::size_t number) {
    const auto fields = mll::benchmark::split_fields(line);
    if (columns.empty()) {
      columns = fields;
      if (column("name") == columns.size() || column("wnid") == columns.size())
        throw mll::parse_error{path.string(), number, "a header with the columns name and wnid",
                               "'" + line + "'"};
      return;
    }
    if (fields.size() <= std::max(column("name"), column("wnid")))
      throw mll::parse_error{path.string(), number, "a name and a wnid", "'" + line + "'"};
    const auto node = graph.find(fields[column("wnid")]);
    if (!node)
      throw mll::parse_error{path.string(), number, "an id of WordNet 3.0",
                             "'" + fields[column("wnid")] + "'"};
    const std::size_t caption = column("caption");
    out.push_back({fields[column("name")], *node, caption < fields.size() ? fields[caption] : ""});
  });
  return out;
}

/// The distinct nodes of a file with one id per line. Throws: `parse_error` for an id that is not in the
/// graph.
inline std::vector<mll::node_id> read_nodes(const std::filesystem::path& path,
                                            const mll::semantic_dag<>& graph) {
  std::vector<mll::node_id> out;
  for_each_line(path, [&](const std::string& line, std::size_t number) {
    const std::string id = mll::benchmark::split_fields(line).front();
    const auto node = graph.find(id);
    if (!node) throw mll::parse_error{path.string(), number, "an id of WordNet 3.0", "'" + id + "'"};
    out.push_back(*node);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace name_matching
