// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// show_input MODEL_FOLDER IMAGE...: writes what a network gets for each image, as 32-bit floats in the order
// channel, row, column, prepared as the folder describes its model.
#include <cstddef>
#include <exception>
#include <iostream>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/representation/read_image.hpp"
#include "mll/model/description/read_expert_description.hpp"
#include "mll/model/onnx/detail/image_tensor.hpp"

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw mll::invalid_argument{"arguments", "a model folder and images", "none"};
    const auto description = mll::read_expert_description(mll::expert_files::find(argv[1]));
    const mll::detail::image_tensor tensor{description.options({.channels = 3})};
    std::vector<float> values(tensor.size());
    for (int i = 2; i < argc; ++i) {
      tensor.write(mll::read_image(argv[i]), 0, values.data());
      std::cout.write(reinterpret_cast<const char*>(values.data()),
                      static_cast<std::streamsize>(values.size() * sizeof(float)));
    }
    std::cout.flush();
    return std::cout ? 0 : 1;
  } catch (const std::exception& failure) {
    std::cerr << "show_input: " << failure.what() << '\n';
    return 1;
  }
}
