// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/detail/code_point.hpp>
#include <mll/core/error.hpp>
#include <mll/core/text/text_file.hpp>
#include <mll/core/text/utf8.hpp>
#include <mll/label/representation/representation_table.hpp>
#include <mll/model/hub.hpp>
#include <mll/model/onnx/onnx_texts.hpp>
#include <mll/store/content_hash.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/entries_of.hpp"
#include "../support/onnx_experts.hpp"

namespace hub_tool {

/// Texts and ONNX experts on disk. The samples of a node are the lines of FOLDER/<synset id>.txt, in UTF-8;
/// blank lines count for nothing.
struct text_hub : example::onnx_experts<std::string> {
  using sample_type = std::string;
  using samples_type = mll::representation_table<sample_type>;
  static constexpr const char* sample_extension = ".txt";

  /// The lines of a file. Throws: `parse_error` naming file and line for a line that is not UTF-8.
  static std::vector<std::string> read_lines(const std::filesystem::path& file) {
    const auto text = mll::detail::text_file::read(file);
    std::vector<std::string> out;
    mll::detail::for_each_line(text, mll::detail::last_line::may_be_open,
                               [&](const auto& line) { out.emplace_back(line.rest()); });
    return out;
  }

  template <class Graph>
  static samples_type read_samples(const std::filesystem::path& folder, const Graph& graph,
                                   std::vector<example::skipped_sample>& skipped) {
    samples_type out;
    std::error_code unknown;
    for (const auto& file : example::entries_of(folder)) {
      const auto node = graph.find(file.stem().string());
      if (file.extension() != sample_extension || !node || !std::filesystem::is_regular_file(file, unknown)) {
        skipped.push_back({file, "not a .txt file named after a node of the graph"});
        continue;
      }
      try {
        auto lines = read_lines(file);
        if (lines.empty()) throw mll::parse_error{file.string(), 0, "texts, one per line", "none"};
        out.add(*node, std::move(lines));
      } catch (const mll::error& damaged) {
        skipped.push_back({file, damaged.what()});
      }
    }
    return out;
  }

  static std::string fingerprint(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (const auto& sample : samples.samples(v)) out.add(sample);
    return out.text();
  }

  /// The lines of a .txt file, or the text itself.
  static std::vector<sample_type> read_file(const std::filesystem::path& file) {
    std::error_code unknown;
    if (file.extension() == sample_extension && std::filesystem::exists(file, unknown))
      return read_lines(file);
    return {file.string()};
  }

  // What an image hub must do, and texts need not: see `image_hub`.
  static void fit(const samples_type&, const mll::hub<sample_type>&) {}
  static std::string remark(const samples_type&) { return {}; }
  static std::uint64_t parameter_count(const std::filesystem::path&) { return 0; }  // unknown
};

}  // namespace hub_tool
