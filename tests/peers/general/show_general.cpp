// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The embeddings of a general model.
//
//   show_general FOLDER PROMPT IMAGE... -- TEXT...
//
// Prints the factor of the cosines, then a line of numbers per image and per text.
#include <exception>
#include <iomanip>
#include <iostream>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mll/label/representation/read_image.hpp"
#include "mll/model/general/load_general_model.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> given(argv + 1, argv + argc);
  if (given.size() < 4) return 2;
  try {
    const auto model = mll::load_general_model(given[0], {given[1]});
    std::vector<cv::Mat> images;
    std::size_t at = 2;
    for (; at < given.size() && given[at] != "--"; ++at) images.push_back(mll::read_image(given[at]));
    std::vector<std::string_view> texts;
    for (++at; at < given.size(); ++at) texts.emplace_back(given[at]);
    std::cout << std::setprecision(9) << model.scale().value_or(-1) << '\n';
    for (const auto& rows : {model.embed_samples(images), model.embed_texts(texts)}) {
      for (Eigen::Index r = 0; r < rows.rows(); ++r) std::cout << rows.row(r) << '\n';
    }
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
