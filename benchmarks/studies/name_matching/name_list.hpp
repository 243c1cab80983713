// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <mll/mll.hpp>
#include <string>
#include <vector>

namespace name_matching {

/// A name, what it means, and a sentence about it.
struct named_node {
  std::string name;
  mll::node_id node;
  std::string caption;
};

inline std::vector<std::string> split(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    out.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// Calls `visit(line, its number)` for each line that is not empty. Throws: `parse_error`.
template <class Visit>
void for_each_line(const std::filesystem::path& path, const Visit& visit) {
  std::ifstream in{path};
  if (!in) throw mll::parse_error{path.string(), 0, "a file that can be read", "none"};
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line != "\r") visit(line, number);
  }
}

/// Reads `name <tab> wnid [<tab> caption]` below a header that names the columns. Throws: `parse_error` for a
/// file that is not like that, or an id that is none of the graph.
inline std::vector<named_node> read_names(const std::filesystem::path& path,
                                          const mll::semantic_dag<>& graph) {
  std::vector<named_node> out;
  std::vector<std::string> columns;
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
  };
  for_each_line(path, [&](const std::string& line, std::size_t number) {
    const auto fields = split(line);
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
      throw mll::parse_error{path.string(), number, "the id of a noun of WordNet 3.0",
                             "'" + fields[column("wnid")] + "'"};
    const std::size_t caption = column("caption");
    out.push_back({fields[column("name")], *node, caption < fields.size() ? fields[caption] : ""});
  });
  return out;
}

/// The nodes of a file with one id a line, each once. Throws: `parse_error` for an id that is none of the
/// graph.
inline std::vector<mll::node_id> read_nodes(const std::filesystem::path& path,
                                            const mll::semantic_dag<>& graph) {
  std::vector<mll::node_id> out;
  for_each_line(path, [&](const std::string& line, std::size_t number) {
    const std::string id = split(line).front();
    const auto node = graph.find(id);
    if (!node)
      throw mll::parse_error{path.string(), number, "the id of a noun of WordNet 3.0", "'" + id + "'"};
    out.push_back(*node);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace name_matching
