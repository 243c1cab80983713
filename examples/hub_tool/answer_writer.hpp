// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The answers of classify, as they come: to the terminal, as JSON, to a table.
#pragma once

#include <mll/graph/lexicon.hpp>
#include <mll/report/html_batch_report.hpp>
#include <mll/reuse/prediction.hpp>
#include <mll/select/selection.hpp>

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "commands.hpp"

namespace hub_tool {

/// What was classified, and how well where that is known.
struct counts {
  std::size_t samples = 0;
  std::size_t answered = 0;
  std::size_t skipped = 0;
  std::size_t with_truth = 0;  // samples in a folder that has the name of a class
  std::size_t correct = 0;
};

/// Writes the answers, as they come, to the terminal, as JSON and to a table.
class answer_writer {
 public:
  answer_writer(const mll::selection& chosen, const arguments& given, float threshold, std::ostream* table)
      : record{chosen, threshold, examples_of(chosen.match.task)},
        task_{chosen.match.task},
        given_{given},
        table_{table} {
    for (const auto& each : task_.classes()) normal_names_.push_back(mll::lexicon::normalize(each.name));
    if (table_ != nullptr) *table_ << "sample,answer,probability,confidence,belongs\n";
  }

  /// @param[in] thumbnail `()`: a small picture of the sample
  template <class Thumbnail>
  void write(const std::string& sample, const std::string& folder, const mll::prediction& found,
             std::span<const float> probabilities, const Thumbnail& thumbnail) {
    const std::string answer = found.answer ? task_[*found.answer].name : std::string{};
    ++count.samples;
    count.answered += found.answer ? 1 : 0;
    const auto truth = std::find(normal_names_.begin(), normal_names_.end(), mll::lexicon::normalize(folder));
    std::optional<mll::class_id> known;
    if (truth != normal_names_.end()) {
      ++count.with_truth;
      known = mll::class_id{static_cast<std::size_t>(truth - normal_names_.begin())};
      count.correct += found.answer == known ? 1 : 0;
    }
    if (!given_.page.empty()) record.add(sample, probabilities, known, thumbnail, !found.answer);
    if (table_ != nullptr)
      *table_ << std::quoted(sample, '"', '"') << ',' << std::quoted(answer, '"', '"') << ','
              << found.probability << ',' << found.confidence << ','
              << (found.belongs ? std::to_string(*found.belongs) : std::string{}) << '\n';
    if (given_.as_json) {
      std::cout
          << (count.samples == 1 ? "{\n  \"answers\": [\n    " : ",\n    ")
          << nlohmann::json{{"sample", printable(sample)},
                            {"class", found.answer ? nlohmann::json(answer) : nlohmann::json()},
                            {"probability", found.probability},
                            {"confidence", found.confidence},
                            {"belongs", found.belongs ? nlohmann::json(*found.belongs) : nlohmann::json()},
                            {"probabilities", std::vector<float>(probabilities.begin(), probabilities.end())}}
                 .dump();
    } else if (!given_.quiet && table_ == nullptr) {
      std::cout << printable(sample) << '\t' << (found.answer ? printable(answer) : "-") << '\t'
                << found.probability << '\n';
    }
  }

  /// Ends the JSON with what is known at the end.
  void finish(const nlohmann::json& rest) {
    if (!given_.as_json) return;
    if (count.samples == 0) std::cout << "{\n  \"answers\": [";
    std::cout << "\n  ]";
    for (const auto& [key, value] : rest.items())
      std::cout << ",\n  " << nlohmann::json(key).dump() << ": " << value.dump();
    std::cout << "\n}\n";
  }

  counts count;
  mll::batch_record record;  // for the report

 private:
  /// A page of many classes shows few samples of each, to stay small.
  static std::size_t examples_of(const mll::task& of) {
    return std::clamp<std::size_t>(160 / std::max<std::size_t>(1, of.size()), 1, 4);
  }

  const mll::task& task_;
  const arguments& given_;
  std::ostream* table_;
  std::vector<std::string> normal_names_;
};

}  // namespace hub_tool
