// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/label/label_options.hpp>
#include <mll/reuse/zero_shot_classifier.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <ostream>
#include <string>
#include <vector>

#include "../support/backend.hpp"
#include "../support/find_files.hpp"
#include "../support/image_hub.hpp"
#include "settings.hpp"

namespace vision_hub {

/// What was classified, and how well where that is known.
struct counts {
  std::size_t answered = 0;
  std::size_t with_truth = 0;  // images in a folder that has the name of a class
  std::size_t correct = 0;
};

/// Classifies images and writes one row per image.
inline counts classify(const mll::zero_shot_classifier<cv::Mat>& classifier, const settings& set,
                       std::size_t max_side, std::ostream& table) {
  const mll::label_options limits;  // of a batch
  const auto quoted = [](const std::string& text) { return std::quoted(text, '"', '"'); };
  table << "image,answer,probability\n";
  counts out;
  const auto files = example::find_files(set.images, mll::image_folder::has_image_name,
                                         [](const std::string& text) { std::cerr << text << '\n'; });
  for (auto next = files.begin(); next != files.end();) {
    std::vector<cv::Mat> batch;
    std::vector<std::filesystem::path> names;
    std::size_t bytes = 0;
    for (; next != files.end() && batch.size() < limits.batch_size && bytes < limits.batch_bytes; ++next) {
      try {
        batch.push_back(mll::read_image(*next, example::image_hub::reading(max_side)));
        bytes += example::image_hub::bytes_of(batch.back());
        names.push_back(*next);
      } catch (const mll::parse_error& problem) {
        std::cerr << "skipped: " << problem.what() << '\n';
      }
    }
    const auto answers = classifier.classify(example_backend{}, batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::string image = std::filesystem::relative(names[i], set.images).string();
      const std::string answer = classifier.head_name(answers[i].answer->index());
      const std::string truth = names[i].parent_path().filename().string();
      table << quoted(image) << ',' << quoted(answer) << ',' << answers[i].probability << '\n';
      ++out.answered;
      if (std::find(set.classes.begin(), set.classes.end(), truth) != set.classes.end()) ++out.with_truth;
      if (truth == answer) ++out.correct;
    }
  }
  return out;
}

}  // namespace vision_hub
