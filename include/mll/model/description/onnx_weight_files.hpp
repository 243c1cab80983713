// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <vector>

#include "mll/model/onnx/detail/check_onnx_weights.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"

namespace mll {

/// The files beside an ONNX file that hold its weights ("external data", such as `model.onnx.data`); sorted,
/// each once. Most models have none.
///
/// Throws: `parse_error` naming the file if it is not an ONNX file, or a file of weights is missing or too
/// short. Complexity: as reading the header of the file.
[[nodiscard]] inline std::vector<std::filesystem::path> onnx_weight_files(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> out;
  for (const auto& name :
       detail::onnx_weight_check::run(detail::map_onnx(file), detail::onnx_weights::beside))
    out.push_back(file.parent_path() / name);
  return out;
}

}  // namespace mll
