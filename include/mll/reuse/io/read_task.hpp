// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/reuse/io/detail/task_archive.hpp"
#include "mll/reuse/io/packed_task.hpp"
#include "mll/reuse/io/read_selection.hpp"

namespace mll {

namespace detail {

/// Members and their contents, as the manifest lists them.
[[nodiscard]] inline std::map<std::string, member_content> listed_members(const nlohmann::json& manifest) {
  std::map<std::string, member_content> out;
  for (const auto& [name, entry] : manifest.at("members").items()) {
    const std::string digits = entry.at("crc64");
    member_content content{entry.at("bytes").get<std::uint64_t>(), 0};
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), content.crc64, 16);
    if (problem != std::errc{} || end != digits.data() + digits.size() || digits.size() != 16)
      throw nlohmann::json::other_error::create(501, "'" + digits + "' is not a CRC-64", &entry);
    out.emplace(name, content);
  }
  return out;
}

}  // namespace detail

/// Opens a task that `write_task` packed: unpacks its experts to a temporary folder, which lives as long as
/// `packed_task::folder`. Component `mll::pack`.
///
/// @code
/// const mll::packed_task pets = mll::read_task("pets.mlltask");
/// mll::hub<cv::Mat> experts;
/// for (const auto& each : pets.experts) experts.add(each.name, mll::load_onnx_classifier(each.file));
/// const mll::zero_shot_classifier<cv::Mat> classifier{experts, pets.chosen};
/// @endcode
///
/// Throws: `parse_error` naming file and member if the file is of another kind or of a later version, or a
/// member is missing, changed, not listed in the manifest, twice there, compressed, or would be unpacked
/// elsewhere; `error` if the folder cannot be written. Complexity: linear in the size of the archive, which
/// bounds what is unpacked.
[[nodiscard]] inline packed_task read_task(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  const detail::task_archive archive{file};
  const auto wrong_manifest = [&](const std::string& found) {
    return parse_error{file.string() + "/" + std::string{detail::manifest_member}, 0,
                       "the manifest of a packed task", found};
  };
  const std::string text = archive.text(detail::manifest_member, detail::max_manifest_bytes);
  try {
    const auto manifest = nlohmann::json::parse(text);
    if (!manifest.is_object() || manifest.value("format", "") != "mlltask")
      throw wrong_manifest("another document");
    if (const auto version = manifest.at("version").get<std::uint64_t>(); version != 1)
      throw wrong_manifest("version " + std::to_string(version) +
                           ", which this version of mll does not know");
    const auto contents = detail::listed_members(manifest);
    for (const std::string& name : archive.names()) {
      if (name != detail::manifest_member && !contents.contains(name))
        throw parse_error{file.string(), 0, "the members of the manifest", "'" + name + "'"};
    }
    const auto folder = std::make_shared<detail::temporary_folder>();
    std::set<std::string> unpacked;
    for (const auto& [name, content] : contents) {
      if (!detail::is_task_member(name)) throw wrong_manifest("member '" + name + "'");
      const fs::path place = folder->path() / name;
      fs::create_directories(place.parent_path());
      archive.unpack(name, content, place);
      unpacked.insert(name);
    }
    const auto place_of = [&](const nlohmann::json& member) {
      const auto name = member.get<std::string>();
      if (!unpacked.contains(name)) throw wrong_manifest("'" + name + "', which is not among its members");
      return folder->path() / name;
    };
    const std::string selection_name{detail::selection_member};
    place_of(selection_name);
    auto bytes = detail::file_bytes::of(archive.text(selection_name, contents.at(selection_name).bytes),
                                        file.string() + "/" + selection_name);
    packed_task out{.name = manifest.at("name"), .chosen = detail::decode_selection(bytes)};
    for (const auto& entry : manifest.at("experts")) {
      packed_expert expert{.name = entry.at("name"), .file = place_of(entry.at("file"))};
      for (const auto& each : entry.at("beside")) expert.beside.push_back(place_of(each));
      for (const auto& each : entry.at("licences")) expert.licences.push_back(place_of(each));
      out.experts.push_back(std::move(expert));
    }
    out.document = manifest.at("document").dump();
    out.folder = folder;
    return out;
  } catch (const nlohmann::json::exception& thrown) {
    throw wrong_manifest(thrown.what());
  }
}

}  // namespace mll
