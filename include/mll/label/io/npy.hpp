// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/text/tsv.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/io/detail/export_checksums.hpp"
#include "mll/label/io/detail/row_source.hpp"
#include "mll/label/io/label_origin.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll {

namespace detail {

inline constexpr std::string_view label_format = "mll-labels-1";

inline std::filesystem::path label_array(const std::filesystem::path& folder, model_id id, const char* what) {
  return folder / (std::to_string(id.value()) + "." + what + ".npy");
}

/// How values are exported; half precision as its bits (in NumPy: `array.view("f2")`).
template <class T>
[[nodiscard]] constexpr npy_type exported_type() noexcept {
  if constexpr (std::is_arithmetic_v<T>) return npy_type_of<T>();
  static_assert(sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);
  return {'u', sizeof(T)};
}

/// Throws: `parse_error` naming the file if it is not a `.npy` file of this type and shape.
template <class T>
[[nodiscard]] matrix<T> read_label_array(const std::filesystem::path& path, std::size_t rows,
                                         std::size_t columns) {
  const file_bytes file = map_file(path);
  const npy_header header = parse_npy_header(file);
  const std::array<std::size_t, 2> shape{rows, columns};
  if (!std::equal(header.shape.begin(), header.shape.end(), shape.begin(), shape.end()))
    throw parse_error{path.string(), 0, "an array of shape " + npy_shape(shape), npy_shape(header.shape)};
  return npy_values<T>(file, header, rows, columns, exported_type<T>());
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream stream{path, std::ios::binary};
  stream << text;
  stream.close();
  if (!stream) throw error{"cannot write " + path.string()};
}

/// Whether a folder is an export: its manifest says so.
[[nodiscard]] inline bool is_export(const std::filesystem::path& folder) {
  if (!why_not_regular(folder / "manifest.tsv").empty()) return false;  // a pipe would wait
  std::ifstream manifest{folder / "manifest.tsv", std::ios::binary};
  std::string line;
  return std::getline(manifest, line) && line.starts_with("format\tmll-labels-");
}

template <class Labels, class Graph>
void write_labels(const Labels& labels, const semantic_dag<Graph>& graph, const std::filesystem::path& folder,
                  const std::optional<label_origin>& origin) {
  const sample_layout& samples = labels.samples();
  export_checksums checksums;
  std::string nodes;
  for (std::size_t p = 0; p < samples.nodes().size(); ++p) {
    const node_id v = samples.nodes()[p];
    if (!(v.index() < graph.size())) {
      throw invalid_argument{"graph", "the graph that the labels were made with",
                             "one without node " + std::to_string(v.value())};
    }
    nodes += tsv_escape(graph[v].id, "synset id") + "\t" + std::to_string(samples.rows_at(p).count) + "\n";
  }
  std::string models;
  std::string heads;
  for (const auto& label : labels.models()) {
    const std::string id = std::to_string(label.model.value());
    models +=
        id + "\t" + tsv_escape(label.name, "model name") + "\t" + std::to_string(label.heads.size()) + "\n";
    for (const auto& head : label.heads) heads += id + "\t" + tsv_escape(head, "head name") + "\n";
    write_npy_as(label_array(folder, label.model, "responses"), label.responses,
                 exported_type<typename Labels::codec_type::value_type>());
    write_npy(label_array(folder, label.model, "mean"), label.mean);
    checksums.add(id + ".responses", export_checksums::of(label.responses));
    checksums.add(id + ".mean", export_checksums::of(label.mean));
  }
  const auto write_table = [&](const char* name, std::size_t columns, const std::string& text) {
    const std::filesystem::path file = folder / (std::string{name} + ".tsv");
    write_text(file, text);
    checksums.add(name, export_checksums::of(tsv_file{file, columns}));
  };
  write_table("nodes", 2, nodes);
  write_table("models", 3, models);
  write_table("heads", 2, heads);
  const auto line = [](std::string_view key, std::string_view value) {
    return std::string{key} + "\t" + std::string{value} + "\n";
  };
  write_table("manifest", 2,
              line("format", label_format) + line("codec", Labels::codec_type::name) +
                  line("nodes", std::to_string(samples.nodes().size())) +
                  line("models", std::to_string(labels.models().size())) +
                  line("heads", std::to_string(labels.head_count())));
  if (origin) write_label_origin(*origin, checksums, folder);
}

}  // namespace detail

/// Writes labels as a folder of `.npy` and tab-separated files, for NumPy and `import_labels`.
///
/// | file | content |
/// |---|---|
/// | `manifest.tsv` | format, codec, numbers of nodes, models and heads |
/// | `nodes.tsv` | synset id, number of samples; in row order |
/// | `models.tsv`, `heads.tsv` | model id, name, number of heads; model id, head name |
/// | `ID.responses.npy` | `[rows, heads]` as the codec stores them (half precision as uint16 bits) |
/// | `ID.mean.npy` | `[nodes, heads]` float32 |
/// | `origin.tsv` | kind (graph, node, model, file), name, content hash; if there is an origin |
///
/// FOLDER is never incomplete: it is a renamed temporary folder. `labels.failures()` are not written.
///
/// @code
/// mll::export_labels(labels, graph, "labels");  // in Python: numpy.load("labels/0.responses.npy")
/// const mll::model_labels again = mll::import_labels(graph, "labels");
/// @endcode
///
/// @param[in] graph  the SDAG that the labels were made with
/// @param[in] folder must not exist, be empty, or be an earlier export, which is replaced
/// @param[in] origin of the labels, if it is known
///
/// Throws: `invalid_argument` if the folder has no name or other content, a name is not UTF-8, or the graph
/// lacks a node; `error` if a file cannot be written. An earlier export is then unchanged.
template <named_codec Codec, semantic_graph Graph>
void export_labels(const basic_model_labels<Codec>& labels, const semantic_dag<Graph>& graph,
                   const std::filesystem::path& folder,
                   const std::optional<label_origin>& origin = std::nullopt) {
  namespace fs = std::filesystem;
  const fs::path target = folder.has_filename() ? folder : folder.parent_path();
  if (!target.has_filename() || target.filename() == "." || target.filename() == "..")
    throw invalid_argument{"folder", "the name of a folder", "'" + folder.string() + "'"};
  try {
    if (fs::exists(target) && !detail::is_export(target) &&
        !(fs::is_directory(target) && fs::is_empty(target))) {
      throw invalid_argument{"folder", "a new or empty folder or an earlier export", folder.string()};
    }
    if (target.has_parent_path()) fs::create_directories(target.parent_path());
    // Names of their own: a folder that the user calls TARGET.partial is not ours.
    const detail::temporary_folder work{target};
    const fs::path made = work.path() / "new";
    fs::create_directory(made);
    detail::write_labels(labels, graph, made, origin);
    const fs::path replaced = work.path() / "replaced";
    if (fs::exists(target)) fs::rename(target, replaced);
    std::error_code failed;
    fs::rename(made, target, failed);
    if (failed) {
      if (fs::exists(replaced)) fs::rename(replaced, target);
      throw error{"cannot write " + folder.string() + ": " + failed.message()};
    }
  } catch (const fs::filesystem_error& thrown) {
    throw error{"cannot write " + folder.string() + ": " + thrown.what()};
  }
}

/// Reads labels that `export_labels` wrote. Nodes are found by synset id: the graph may number them
/// differently from the one that the labels were made with. Files of other names are ignored, such as the
/// `ID.m2.npy` and `ID.hit_rate.npy` of earlier exports.
///
/// @param[in] graph  an SDAG with the nodes of the labels
/// @return labels with the model ids of the hub that was labelled
///
/// Throws: `parse_error` naming the file if it is missing, truncated, does not match the manifest, or has
/// other content than was exported (with an origin, which has the checksums); if the codec differs, or a node
/// is not in the graph.
template <named_codec Codec = log_odds_8bit, semantic_graph Graph>
[[nodiscard]] basic_model_labels<Codec> import_labels(const semantic_dag<Graph>& graph,
                                                      const std::filesystem::path& folder) {
  constexpr std::size_t any = std::numeric_limits<std::uint32_t>::max() - 1;
  const detail::tsv_file manifest{folder / "manifest.tsv", 2};
  manifest.expect_lines(5);
  const auto expect = [&](std::size_t row, std::size_t column, std::string_view wanted) {
    if (manifest.text(row, column) != wanted) {
      throw parse_error{manifest.path(), row + 1, "'" + std::string{wanted} + "'",
                        "'" + manifest.text(row, column) + "'"};
    }
  };
  const std::array<std::string_view, 5> keys{"format", "codec", "nodes", "models", "heads"};
  for (std::size_t row = 0; row < keys.size(); ++row) expect(row, 0, keys[row]);
  expect(0, 1, detail::label_format);
  expect(1, 1, Codec::name);
  const auto checksums = detail::export_checksums::read(folder);
  checksums.check(manifest.path(), manifest);

  // Rows are in the order of the file; this graph may order the nodes differently.
  const detail::tsv_file node_file{folder / "nodes.tsv", 2};
  node_file.expect_lines(manifest.number(2, 1, any));
  std::vector<detail::row_source> sources;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < node_file.size(); ++i) {
    const auto node = graph.find(node_file.text(i, 0));
    if (!node) {
      throw parse_error{node_file.path(), i + 1, "the synset id of a node of the graph",
                        "'" + node_file.text(i, 0) + "'"};
    }
    const std::size_t count = node_file.number(i, 1, any);
    if (count == 0) throw parse_error{node_file.path(), i + 1, "at least 1 sample", "0"};
    sources.push_back({*node, i, rows, count});
    rows += count;
  }
  checksums.check(node_file.path(), node_file);
  std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) {
    return std::pair{a.node, a.place} < std::pair{b.node, b.place};
  });
  std::vector<node_id> nodes;
  std::vector<std::size_t> counts;
  std::vector<detail::row_source> mean_sources;  // one row per node
  for (const detail::row_source& each : sources) {
    if (!nodes.empty() && nodes.back() == each.node) {
      throw parse_error{node_file.path(), each.place + 1, "every node once",
                        "'" + node_file.text(each.place, 0) + "' again"};
    }
    nodes.push_back(each.node);
    counts.push_back(each.count);
    mean_sources.push_back({each.node, each.place, each.place, 1});
  }

  basic_model_labels<Codec> out{sample_layout{std::move(nodes), counts, graph.fingerprint()}};
  const detail::tsv_file model_file{folder / "models.tsv", 3};
  model_file.expect_lines(manifest.number(3, 1, any));
  checksums.check(model_file.path(), model_file);
  const detail::tsv_file head_file{folder / "heads.tsv", 2};
  head_file.expect_lines(manifest.number(4, 1, any));
  checksums.check(head_file.path(), head_file);
  std::size_t head_row = 0;
  for (std::size_t i = 0; i < model_file.size(); ++i) {
    basic_model_label<Codec> label;
    label.model = model_id{model_file.number(i, 0, any)};
    label.name = model_file.text(i, 1);
    const std::size_t heads = model_file.number(i, 2, any);
    if (heads == 0) throw parse_error{model_file.path(), i + 1, "at least 1 head", "0"};
    if (out.find(label.model) != nullptr) {
      throw parse_error{model_file.path(), i + 1, "every model id once",
                        std::to_string(label.model.value()) + " again"};
    }
    for (std::size_t h = 0; h < heads; ++h, ++head_row) {
      if (head_row == head_file.size() || head_file.number(head_row, 0, any) != label.model.index()) {
        throw parse_error{
            head_file.path(), head_row + 1,
            "head " + std::to_string(h) + " of model " + model_file.text(i, 0),
            head_row == head_file.size() ? "the end of the file" : "model " + head_file.text(head_row, 0)};
      }
      label.heads.push_back(head_file.text(head_row, 1));
    }
    const auto array = [&](const char* what) { return detail::label_array(folder, label.model, what); };
    const auto responses =
        detail::read_label_array<typename Codec::value_type>(array("responses"), rows, heads);
    checksums.check(array("responses"), responses);
    label.responses = detail::reorder_rows(responses, sources);
    if constexpr (!std::is_integral_v<typename Codec::value_type>) {
      const auto* const begin = label.responses.data();
      if (!std::all_of(begin, begin + label.responses.size(),
                       [](auto value) { return std::isfinite(Codec::log_odds(value)); }))
        throw parse_error{array("responses").string(), 0, "finite log-odds", "NaN or infinity"};
    }
    const auto mean = detail::read_label_array<float>(array("mean"), mean_sources.size(), heads);
    if (!((mean.array() >= 0) && (mean.array() <= 1)).all())
      throw parse_error{array("mean").string(), 0, "means in [0, 1]", "a value outside"};
    checksums.check(array("mean"), mean);
    label.mean = detail::reorder_rows(mean, mean_sources);
    out.insert(std::move(label));
  }
  if (head_row != head_file.size()) {
    throw parse_error{head_file.path(), head_row + 1, "the end of the file",
                      "a head of model " + head_file.text(head_row, 0)};
  }
  return out;
}

}  // namespace mll
