// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "mll/core/detail/hex_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/replace_file.hpp"
#include "mll/reuse/io/detail/task_archive.hpp"
#include "mll/reuse/io/packed_task.hpp"
#include "mll/reuse/io/write_selection.hpp"

namespace mll {

/// Writes a solved task and its experts to one file, a zip archive that `read_task` opens anywhere: without
/// the store, the graph or the samples that it was made with. docs/format.md describes it. Component
/// `mll::pack`.
///
/// @code
/// const mll::packed_expert dogs{.name = "dogs", .file = "dogs.onnx", .beside = {"dogs.labels.txt"}};
/// mll::write_task("pets.mlltask", {.name = "pets", .chosen = chosen, .experts = {dogs}});
/// @endcode
///
/// @param[in] file  the archive, by convention `NAME.mlltask`
/// @param[in] packed the task; its experts are those of `packed.chosen.models`, in files
///
/// Throws: `invalid_argument` if an expert is missing, two files would have one name, or the document is not
/// a JSON object; `parse_error` if a file cannot be read; `error` if the archive cannot be written. An
/// earlier archive of this name is replaced as a whole, after the new one has been read back, or not at all.
/// Complexity: reads every file twice. Determinism: the same bytes for the same content.
inline void write_task(const std::filesystem::path& file, const packed_task& packed) {
  using json = nlohmann::ordered_json;
  namespace fs = std::filesystem;
  for (const selected_model& needed : packed.chosen.models) {
    const bool is_there = std::any_of(packed.experts.begin(), packed.experts.end(),
                                      [&](const packed_expert& each) { return each.name == needed.name; });
    if (needed.id.valid() && !is_there)
      throw invalid_argument{"packed.experts", "expert '" + needed.name + "', which owns a chosen head",
                             "none"};
  }
  std::map<std::string, fs::path> files;  // by member
  const auto add = [&](const std::string& folder, const std::string& name, const fs::path& from) {
    const std::string member = folder + name;
    if (!detail::is_task_member(member))
      throw invalid_argument{"packed.experts", "file names in UTF-8", "'" + from.string() + "'"};
    const auto [found, is_new] = files.emplace(member, from);
    if (!is_new && found->second != from)
      throw invalid_argument{"packed.experts", "files with different names",
                             found->second.string() + " and " + from.string()};
    return member;
  };
  json manifest{{"format", "mlltask"}, {"version", 1}, {"name", packed.name}, {"experts", json::array()}};
  for (std::size_t i = 0; i < packed.experts.size(); ++i) {
    const packed_expert& expert = packed.experts[i];
    const std::string folder = detail::folder_of_expert(i);
    json entry{{"name", expert.name},
               {"file", add(folder, expert.file.filename().string(), expert.file)},
               {"beside", json::array()},
               {"licences", json::array()}};
    for (const fs::path& each : expert.beside)
      entry["beside"].push_back(add(folder, each.filename().string(), each));
    for (const fs::path& each : expert.licences)
      entry["licences"].push_back(
          add(std::string{detail::licence_folder}, expert.name + "." + each.filename().string(), each));
    manifest["experts"].push_back(std::move(entry));
  }
  manifest["document"] = json::parse(packed.document, nullptr, false);
  if (!manifest["document"].is_object())
    throw invalid_argument{"packed.document", "a JSON object", "'" + packed.document.substr(0, 60) + "'"};
  const std::string chosen = detail::encode_selection(packed.chosen);
  std::map<std::string, detail::member_content> contents;
  contents[std::string{detail::selection_member}] = {chosen.size(), detail::crc64(chosen)};
  for (const auto& [member, from] : files) contents[member] = detail::content_of_file(from);
  for (const auto& [member, content] : contents)
    manifest["members"][member] = {{"bytes", content.bytes}, {"crc64", detail::hex_text(content.crc64, 16)}};
  std::string text;
  try {
    text = manifest.dump(2) + "\n";
  } catch (const json::exception& thrown) {
    throw invalid_argument{"packed", "names in UTF-8", thrown.what()};
  }
  detail::replace_file_by(file, [&](const fs::path& partial) {
    detail::task_archive_writer out{partial};
    out.add(std::string{detail::manifest_member}, text);
    out.add(std::string{detail::selection_member}, chosen);
    for (const auto& [member, from] : files) out.add_file(member, from);
    out.finish();
    // A file may have changed since it was hashed.
    const detail::task_archive written{partial};
    for (const auto& [member, content] : contents) written.check(member, content, [](std::string_view) {});
  });
}

}  // namespace mll
