// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The options of selection and selection_cuda.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

namespace mll::benchmark {

struct selection_options {
  std::string size = "small";
  std::string backend = "omp";
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  std::size_t repeat = 5;
  std::uint64_t seed = 1;
  std::string json;
  std::string numpy = "auto";       // a Python with NumPy for the baseline, or off
  std::filesystem::path export_to;  // folder for the inputs as .npy files
};

}  // namespace mll::benchmark
