// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "solved_task.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <system_error>
#include <utility>

#include "../support/store_entries.hpp"
#include "general.hpp"
#if MLL_TEST_PACK
#include <mll/reuse/io/read_task.hpp>
#endif

namespace hub_tool {

bool is_pack(const std::string& file) {
  char start[2] = {};
  std::error_code unknown;  // a pipe would wait; whoever opens the store says why it cannot
  if (!std::filesystem::is_regular_file(file, unknown)) return false;
  std::ifstream{file, std::ios::binary}.read(start, sizeof start);
  return (start[0] == 'P' && start[1] == 'K') || std::filesystem::path{file}.extension() == ".mlltask";
}

solved_task open_stored_task(const mll::hub_store& store, const std::string& name) {
  auto found = store.find_selection(name);
  if (!found) throw mll::invalid_argument{"NAME", "a selection of the store (see list)", "'" + name + "'"};
  if (!found->chosen)
    throw mll::invalid_argument{"NAME", "a selection with its content",
                                "one of an earlier version; select '" + name + "' again"};
  const std::string network = read_setting(store, "network");
  solved_task out{.name = name,
                  .chosen = std::move(*found->chosen),
                  .samples = read_setting(store, "samples"),
                  .network = nlohmann::json::parse(network).get<example::network_settings>(),
                  .max_side = 0,
                  .explanation = nlohmann::json::parse(found->document).at("explanation"),
                  .experts = {}};
  if (const auto side = store.note("max_side")) out.max_side = std::stoul(*side);
  if (found->stale)
    out.warnings.push_back("labels have changed since '" + name + "' was selected; select again");
  const auto models = store.models();
  for (const mll::selected_model& wanted : out.chosen.models) {
    if (!wanted.id.valid()) {
      out.general = general_folder(store);
      if (out.general.empty() || general_fingerprint(out.general) != wanted.fingerprint)
        throw mll::invalid_argument{
            "NAME", "the general model that was labelled for '" + name + "'",
            (out.general.empty() ? "none" : "another one in " + out.general.string()) +
                "; label and select again"};
      continue;
    }
    const auto model = std::find_if(models.begin(), models.end(),
                                    [&](const mll::stored_model& each) { return each.id == wanted.id; });
    if (model == models.end())
      throw mll::invalid_argument{"NAME", "expert '" + wanted.name + "' in the store", "none; select again"};
    const auto file = from_stored_path(store.file(), model->file);
    const std::string fingerprint = example::model_fingerprint(file, network);
    if (fingerprint != wanted.fingerprint)
      throw mll::invalid_argument{file.string(), "the file that was labelled for '" + name + "'",
                                  "another one; label and select again"};
    out.experts.push_back({wanted.name, file, fingerprint});
  }
  return out;
}

#if MLL_TEST_PACK
solved_task open_packed_task(const std::filesystem::path& file) {
  auto packed = mll::read_task(file);
  try {
    const auto document = nlohmann::json::parse(packed.document);
    solved_task out{.name = packed.name,
                    .chosen = std::move(packed.chosen),
                    .samples = document.at("samples"),
                    .network = document.at("network").get<example::network_settings>(),
                    .max_side = document.at("max_side"),
                    .explanation = document.at("explanation"),
                    .experts = {}};
    const auto general = document.find("general");  // its place among the experts
    for (std::size_t i = 0; i < packed.experts.size(); ++i) {
      const auto& each = packed.experts[i];
      if (general != document.end() && general->get<std::size_t>() == i)
        out.general = each.file;
      else
        out.experts.push_back({each.name, each.file});
    }
    out.files = std::move(packed.folder);
    return out;
  } catch (const nlohmann::json::exception& problem) {
    throw mll::parse_error{file.string(), 0, "a pack of hub_tool", problem.what()};
  }
}
#else
solved_task open_packed_task(const std::filesystem::path& file) {
  throw mll::invalid_argument{file.string(), "a store (this program was built without libzip)", "a pack"};
}
#endif

}  // namespace hub_tool
