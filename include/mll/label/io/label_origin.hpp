// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/text/tsv.hpp"
#include "mll/label/io/detail/export_checksums.hpp"

namespace mll {

/// What labels were made from, as content hashes: labels of other models, samples or nodes are refused by
/// them.
///
/// Any text that changes with the content serves as a hash; `basic_hub_store::origin` has those of a store.
struct label_origin {
  std::string graph = {};                          ///< hash of the SDAG: ids, words, glosses and edges
  std::map<std::string, std::string> nodes = {};   ///< by synset id: hash of the samples
  std::map<std::string, std::string> models = {};  ///< by name: hash of the model and its head names

  friend bool operator==(const label_origin&, const label_origin&) = default;
};

namespace detail {

/// Writes `origin.tsv`: lines of kind, name and hash.
/// Throws: `invalid_argument` if a name is not UTF-8; `error` if the file cannot be written.
inline void write_label_origin(const label_origin& origin, const export_checksums& files,
                               const std::filesystem::path& folder) {
  std::string text;
  const auto line = [&](const char* kind, const std::string& name, const std::string& hash) {
    text += std::string{kind} + '\t' + tsv_escape(name, "name") + '\t' + tsv_escape(hash, "hash") + '\n';
  };
  line("graph", "", origin.graph);
  for (const auto& [name, checksum] : files.all()) line("file", name, checksum);
  for (const auto& [synset, hash] : origin.nodes) line("node", synset, hash);
  for (const auto& [name, hash] : origin.models) line("model", name, hash);
  const std::filesystem::path file = folder / (std::string{origin_table} + ".tsv");
  std::ofstream stream{file, std::ios::binary};
  stream << text;
  stream.close();
  if (!stream) throw error{"cannot write " + file.string()};
}

}  // namespace detail

/// Reads the origin of labels that `export_labels` wrote; empty if they were exported without one.
/// Throws: `parse_error` naming file and line if `FOLDER/origin.tsv` is malformed.
[[nodiscard]] inline std::optional<label_origin> read_label_origin(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / (std::string{detail::origin_table} + ".tsv");
  if (!detail::has_entry(file)) return std::nullopt;
  const detail::tsv_file lines{file, 3};
  label_origin out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto again = [&] {
      return parse_error{lines.path(), i + 1, "every " + lines.text(i, 0) + " once",
                         "'" + lines.text(i, 1) + "' again"};
    };
    if (lines.text(i, 0) == "graph" && lines.text(i, 1).empty()) {
      if (i != 0) throw again();
      out.graph = lines.text(i, 2);
    } else if (lines.text(i, 0) == "node") {
      if (!out.nodes.emplace(lines.text(i, 1), lines.text(i, 2)).second) throw again();
    } else if (lines.text(i, 0) == "model") {
      if (!out.models.emplace(lines.text(i, 1), lines.text(i, 2)).second) throw again();
    } else if (lines.text(i, 0) != "file") {  // see export_checksums
      throw parse_error{lines.path(), i + 1, "graph, file, node or model", "'" + lines.text(i, 0) + "'"};
    }
  }
  return out;
}

}  // namespace mll
