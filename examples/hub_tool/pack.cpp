// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// pack, info
#include <mll/model/description/expert_files.hpp>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "../support/entries_of.hpp"
#include "../support/store_entries.hpp"
#include "commands.hpp"
#include "general.hpp"
#include "solved_task.hpp"
#if MLL_TEST_PACK
#include <mll/reuse/io/read_task.hpp>
#include <mll/reuse/io/write_task.hpp>
#endif

namespace hub_tool {

#if MLL_TEST_PACK
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The files of a folder, in order.
std::vector<fs::path> files_in(const fs::path& folder) {
  auto out = example::entries_of(folder.empty() ? fs::path{"."} : folder);
  std::erase_if(out, [](const fs::path& each) {
    std::error_code unknown;
    return !fs::is_regular_file(each, unknown);
  });
  return out;
}

bool is_licence(const fs::path& file) {
  const std::string name = file.filename().string();
  const auto starts = [&](const char* with) { return name.starts_with(with); };
  return starts("LICENSE") || starts("LICENCE") || starts("COPYING") || starts("NOTICE");
}

/// An expert with the files that describe it, those NAME.* beside it, and the licences of its folder.
mll::packed_expert expert_of(const std::string& name, const fs::path& file) {
  mll::packed_expert out{.name = name, .file = file};
  const std::string stem = file.stem().string() + ".";
  if (file.extension() == ".onnx") {
    out.beside = example::files_beside(file);
    if (const auto names = mll::expert_files::find(file).head_names; !names.empty())
      out.beside.push_back(names);
  }
  for (const fs::path& each : files_in(file.parent_path())) {
    const std::string other = each.filename().string();
    if (each == file || other == file.filename()) continue;
    const bool is_model = each.extension() == file.extension();  // NAME.v2.onnx is another expert
    const bool is_known = std::any_of(out.beside.begin(), out.beside.end(), [&](const fs::path& taken) {
      return taken.filename() == each.filename();
    });
    if (other.starts_with(stem) && !is_model && !is_known) out.beside.push_back(each);
    if (is_licence(each)) out.licences.push_back(each);
  }
  return out;
}

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
/// The image encoder of a general model, with its weights and what describes it: the selection holds the
/// embeddings of the texts.
mll::packed_expert image_encoder_of(const fs::path& folder) {
  const auto files = mll::general_files::find(folder);
  mll::packed_expert out{.name = "general model", .file = files.image, .beside = files.descriptions()};
  for (const auto& each : mll::onnx_weight_files(files.image)) out.beside.push_back(each);
  for (const fs::path& each : files_in(folder)) {
    if (is_licence(each)) out.licences.push_back(each);
  }
  return out;
}
#endif

}  // namespace

int pack(const arguments& given, const output& out) {
  const auto store = mll::hub_store::open(given.store, {.access = mll::store_access::read_only});
  solved_task solved = open_stored_task(store, given.name);
  for (const auto& each : solved.warnings) out.warn(each);
  mll::packed_task packed{.name = solved.name, .chosen = std::move(solved.chosen)};
  for (const auto& each : solved.experts) packed.experts.push_back(expert_of(each.name, each.file));
  json document{{"samples", solved.samples},
                {"network", solved.network},
                {"max_side", solved.max_side},
                {"explanation", solved.explanation}};
#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
  if (!solved.general.empty()) {
    document["general"] = packed.experts.size();
    packed.experts.push_back(image_encoder_of(solved.general));
  }
#endif
  packed.document = document.dump();
  mll::write_task(given.pack, packed);
  const auto bytes = fs::file_size(given.pack);
  out.say("packed '" + printable(solved.name) + "' with " + std::to_string(packed.experts.size()) +
          " experts into " + printable(given.pack) + " (" + std::to_string(bytes) + " bytes)");
  out.result({{"pack", printable(given.pack)}, {"experts", packed.experts.size()}, {"bytes", bytes}});
  return ok;
}

int info(const arguments& given, const output& out) {
  const auto packed = mll::read_task(given.store);
  const auto document = json::parse(packed.document);
  json classes = json::array();
  for (const auto& each : packed.chosen.match.task.classes()) classes.push_back(each.name);
  json experts = json::array();
  std::string text = "task '" + printable(packed.name) + "'\n";
  for (const auto& each : packed.experts) {
    json licences = json::array();
    for (const auto& licence : each.licences) licences.push_back(printable(licence.filename().string()));
    text += "expert " + printable(each.name) + ": " + std::to_string(fs::file_size(each.file)) + " bytes, " +
            std::to_string(licences.size()) + " licences\n";
    experts.push_back({{"name", each.name}, {"bytes", fs::file_size(each.file)}, {"licences", licences}});
  }
  json result{{"name", packed.name},
              {"samples", document.at("samples")},
              {"classes", classes},
              {"experts", experts},
              {"method", packed.chosen.method},
              {"threshold", packed.chosen.threshold},
              {"explanation", document.at("explanation")}};
  if (packed.chosen.estimate)
    result["expected_accuracy"] = {{"value", packed.chosen.estimate->accuracy},
                                   {"low", packed.chosen.estimate->low},
                                   {"high", packed.chosen.estimate->high}};
  out.say(text + document.at("explanation").get<std::string>() + "every member is as it was packed");
  out.result(result);
  return ok;
}
#else
int pack(const arguments&, const output&) {
  throw mll::invalid_argument{"pack", "a program that was built with libzip", "one without"};
}
int info(const arguments&, const output&) {
  throw mll::invalid_argument{"info", "a program that was built with libzip", "one without"};
}
#endif

}  // namespace hub_tool
