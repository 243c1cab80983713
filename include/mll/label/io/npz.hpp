// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/matrix.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/io/detail/zip_archive.hpp"
#include "mll/label/io/label_origin.hpp"
#include "mll/label/io/npy.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"

namespace mll {

namespace detail {

inline constexpr std::array<std::string_view, 4> label_tables{"manifest", "nodes", "models", "heads"};

/// The tables of an archive, with that of the origin if it has one.
[[nodiscard]] inline std::vector<std::string_view> tables_of(bool has_origin) {
  std::vector<std::string_view> out{label_tables.begin(), label_tables.end()};
  if (has_origin) out.push_back(origin_table);
  return out;
}

/// Whether an archive may have this member: `manifest.npy`, `3.mean.npy`, ..., never a path. `m2` and
/// `hit_rate` are members of earlier exports and not read.
[[nodiscard]] inline bool is_label_member(std::string_view name) {
  if (!name.ends_with(".npy")) return false;
  name.remove_suffix(4);
  const auto tables = tables_of(true);
  if (std::find(tables.begin(), tables.end(), name) != tables.end()) return true;
  const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  const std::string_view rest = name.substr(digits);
  return digits >= 1 && digits <= 10 &&
         (rest == ".responses" || rest == ".mean" || rest == ".m2" || rest == ".hit_rate");
}

/// Writes a text as the array `[1, size]` of its bytes (in NumPy: `array.tobytes().decode()`).
inline void text_to_npy(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::ifstream stream{from, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  matrix<std::uint8_t> bytes(1, static_cast<Eigen::Index>(text.size()));
  std::copy(text.begin(), text.end(), bytes.data());
  write_npy(to, bytes);
}
inline void npy_to_text(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto bytes = read_npy<std::uint8_t>(from);
  write_text(to, std::string{bytes.data(), bytes.data() + bytes.size()});
}

}  // namespace detail

/// Writes labels as one `.npz` file, for NumPy and `import_labels_npz`. Component `mll::zip`.
///
/// The members are those of `export_labels`, with text as uint8 arrays of its UTF-8 bytes: `manifest`,
/// `nodes`, `models`, `heads`, `origin`, `ID.responses`, `ID.mean`. Compressed. They are first written to a
/// temporary folder beside the file.
///
/// @code
/// mll::export_labels_npz(labels, graph, "labels.npz");
/// const mll::model_labels again = mll::import_labels_npz(graph, "labels.npz");
/// @endcode
///
/// Throws: as `export_labels`; an earlier file of this name is then unchanged.
template <named_codec Codec, semantic_graph Graph>
void export_labels_npz(const basic_model_labels<Codec>& labels, const semantic_dag<Graph>& graph,
                       const std::filesystem::path& file,
                       const std::optional<label_origin>& origin = std::nullopt) {
  const detail::temporary_folder work{file};
  detail::write_labels(labels, graph, work.path(), origin);
  std::vector<std::filesystem::path> members;
  for (const std::string_view table : detail::tables_of(origin.has_value())) {
    members.push_back(work.path() / (std::string{table} + ".npy"));
    detail::text_to_npy(work.path() / (std::string{table} + ".tsv"), members.back());
  }
  for (const auto& label : labels.models()) {
    for (const char* what : {"responses", "mean"})
      members.push_back(detail::label_array(work.path(), label.model, what));
  }
  detail::write_zip(file, members);
}

namespace detail {

/// Unpacks an archive of labels to a folder and returns `read(folder)`. A `parse_error` names the member in
/// place of the temporary file.
template <class Read>
auto read_npz(const std::filesystem::path& file, std::uint64_t limit, const Read& read) {
  const temporary_folder work;
  unpack_zip(file, work.path(), limit, is_label_member);
  try {
    const bool has_origin = std::filesystem::exists(work.path() / (std::string{origin_table} + ".npy"));
    for (const std::string_view table : tables_of(has_origin)) {
      const auto stem = (work.path() / table).string();
      npy_to_text(stem + ".npy", stem + ".tsv");
    }
    return read(work.path());
  } catch (const parse_error& thrown) {
    const auto member = std::filesystem::path{thrown.file()}.stem();
    throw parse_error{(file / member).string(), thrown.line(), thrown.expected(), thrown.found()};
  }
}

inline constexpr std::uint64_t npz_limit = std::uint64_t{1} << 36U;

}  // namespace detail

/// Reads labels that `export_labels_npz` wrote, or NumPy with the same arrays. Component `mll::zip`.
///
/// @param[in] graph an SDAG with the nodes of the labels
/// @param[in] file  the archive; it is unpacked to a temporary folder
/// @param[in] limit of bytes of the unpacked members, checked before unpacking
///
/// Throws: `parse_error` naming file and member if the archive is damaged, truncated or encrypted, has other
/// members or more bytes than the limit, or as `import_labels`; `error` if it cannot be unpacked.
template <named_codec Codec = log_odds_8bit, semantic_graph Graph>
[[nodiscard]] basic_model_labels<Codec> import_labels_npz(const semantic_dag<Graph>& graph,
                                                          const std::filesystem::path& file,
                                                          std::uint64_t limit = detail::npz_limit) {
  return detail::read_npz(
      file, limit, [&](const std::filesystem::path& folder) { return import_labels<Codec>(graph, folder); });
}

/// Reads the origin of the labels in an archive; empty if they were exported without one. Component
/// `mll::zip`.
/// Throws: as `import_labels_npz`.
[[nodiscard]] inline std::optional<label_origin> read_label_origin_npz(
    const std::filesystem::path& file, std::uint64_t limit = detail::npz_limit) {
  return detail::read_npz(file, limit,
                          [](const std::filesystem::path& folder) { return read_label_origin(folder); });
}

}  // namespace mll
