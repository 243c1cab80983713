// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>
#include <xtensor/xadapt.hpp>
#include <xtensor/xnpy.hpp>

namespace mll::benchmark {

template <class T>
void write_npy(const std::filesystem::path& file, const std::vector<T>& values,
               const std::vector<std::size_t>& shape) {
  xt::dump_npy(file.string(), xt::adapt(values, shape));
}

}  // namespace mll::benchmark
