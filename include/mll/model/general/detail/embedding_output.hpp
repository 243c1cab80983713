// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/detail/choose_output.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"

namespace mll::detail {

/// The output of an encoder that has one embedding per sample: the one called `known`, else the only one of
/// real numbers `[batch, dim]`.
/// @param[in] known the name that Hugging Face gives it, `image_embeds` or `text_embeds`
/// Throws: `model_error` if there is no such output.
[[nodiscard]] inline std::string embedding_output(const std::string& file, const onnx_header& header,
                                                  std::string_view known) {
  std::string found;
  std::size_t count = 0;
  for (const auto& each : header.outputs) {
    if (each.name == known) return each.name;
    if (each.shape.size() != 2 || !is_real(static_cast<onnx_element>(each.element_type))) continue;
    found = each.name;
    ++count;
  }
  if (count == 1) return found;
  throw model_error{file, "expected an output '" + std::string{known} +
                              "', or 1 output of real numbers [batch, dim], found " +
                              count_and_names(header.outputs)};
}

}  // namespace mll::detail
