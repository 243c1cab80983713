// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kit.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/matrix.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/match/task/task_match.hpp"
#include "result.hpp"

namespace accuracy {

/// Writes a task as arrays for baselines in other languages: what representation data and matching say about
/// its classes, and its own samples with their classes.
///
///   heads.npy                     int32 [heads]: model of each head
///   train_scores.npy              float32 [rows, heads]; also train_general.npy [rows, dim] with a general
///   model train_target.npy              int32 [rows]; train_weight.npy float32 [rows], summing to 1 per
///   class test_scores.npy, test_general.npy, test_target.npy, class_text.npy task.json task, tasks_dir,
///   number of classes
inline void export_task(const std::filesystem::path& folder, const mll::model_labels& labels,
                        const mll::task_match& match, const mll::matrix<float>* embeddings,
                        const kit_task& task, const mll::matrix<float>& responses, const result& row) {
  std::filesystem::create_directories(folder);
  const auto index = [](std::size_t i) { return static_cast<Eigen::Index>(i); };
  const auto whole = [&](const char* name, const std::vector<std::size_t>& values) {
    mll::matrix<std::int32_t> out(index(values.size()), 1);
    for (std::size_t i = 0; i < values.size(); ++i) out(index(i), 0) = static_cast<std::int32_t>(values[i]);
    mll::write_npy(folder / name, out);
  };
  std::vector<std::size_t> rows;
  std::vector<std::size_t> target;
  std::vector<float> weight;
  for (std::size_t y = 0; y < match.classes.size(); ++y) {
    double total = 0;
    const std::size_t first = rows.size();
    for (const mll::weighted_node& one : match.classes[y].evidence) {
      const auto of_node = labels.samples().rows(one.node);
      total += one.weight;
      for (std::size_t r = of_node.first; r < of_node.first + of_node.count; ++r) {
        rows.push_back(r);
        target.push_back(y);
        weight.push_back(static_cast<float>(one.weight / static_cast<double>(of_node.count)));
      }
    }
    for (std::size_t i = first; i < rows.size(); ++i) weight[i] /= static_cast<float>(total);
  }
  mll::matrix<float> scores(index(rows.size()), responses.cols());
  std::vector<std::size_t> model_of_head;
  for (std::size_t m = 0; m < labels.models().size(); ++m) {
    const auto& label = labels.models()[m];
    for (std::size_t h = 0; h < label.heads.size(); ++h) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const float log_odds = mll::log_odds_8bit::log_odds(label.responses(index(rows[i]), index(h)));
        scores(index(i), index(model_of_head.size())) = 1 / (1 + std::exp(-log_odds));
      }
      model_of_head.push_back(m);
    }
  }
  whole("heads.npy", model_of_head);
  mll::write_npy(folder / "train_scores.npy", scores);
  whole("train_target.npy", target);
  mll::write_npy(folder / "train_weight.npy", mll::matrix<float>{Eigen::Map<const mll::matrix<float>>{
                                                  weight.data(), index(weight.size()), 1}});
  mll::write_npy(folder / "test_scores.npy", responses);
  whole("test_target.npy", task.truth);
  if (embeddings != nullptr && task.general.size() != 0) {
    mll::matrix<float> of_rows(index(rows.size()), embeddings->cols());
    for (std::size_t i = 0; i < rows.size(); ++i) of_rows.row(index(i)) = embeddings->row(index(rows[i]));
    mll::write_npy(folder / "train_general.npy", of_rows);
    mll::write_npy(folder / "test_general.npy", task.general);
    mll::write_npy(folder / "class_text.npy", task.class_texts);
  }
  std::ofstream{folder / "task.json"}
      << nlohmann::json{{"task", row.task}, {"tasks_dir", row.tasks_dir}, {"classes", task.classes.size()}};
}

}  // namespace accuracy
