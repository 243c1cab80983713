// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/checked_product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"

namespace mll::detail {

/// Values per sample as an output declares them; 0 if it does not.
[[nodiscard]] inline std::size_t declared_width(const onnx_header& header, const onnx_tensor& output) {
  if (output.is_map) return header.class_labels.size();
  if (output.shape.size() < 2) return 0;
  return checked_product(std::span{output.shape}.subspan(1)).value_or(0);
}

/// Throws: `model_error` if a sample has 2^31 values or more: OpenCV counts in int.
inline void check_extents(const std::string& file, const char* what, const std::vector<std::size_t>& shape) {
  constexpr std::size_t max_values = std::numeric_limits<int>::max();
  if (shape.empty() || checked_product(std::span{shape}.subspan(1), max_values)) return;
  std::string found;
  for (const std::size_t extent : shape) found += (found.empty() ? "" : ", ") + std::to_string(extent);
  throw model_error{file, std::string{"expected an "} + what +
                              " of less than 2^31 values per sample, found [" + found + "]"};
}

/// Names of inputs or outputs for messages, such as "2: label, probabilities".
[[nodiscard]] inline std::string count_and_names(const std::vector<onnx_tensor>& tensors) {
  std::string out = std::to_string(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) out += (i == 0 ? ": " : ", ") + tensors[i].name;
  return out;
}

/// Finds the output with one score per head: the one that is named; else the only one of real numbers (or
/// maps to them); else of those with one value per head the one whose name says so, or the only one.
/// @param[in] heads 0: unknown
/// Throws: `invalid_argument` if there is no output of that name; `model_error` if it is not known which one
/// has the scores.
[[nodiscard]] inline std::size_t choose_output(const std::string& file, const onnx_header& header,
                                               const std::string& wanted, std::size_t heads) {
  const auto& all = header.outputs;
  const auto is_score = [&](const onnx_tensor& each) {
    return each.is_map || is_real(static_cast<onnx_element>(each.element_type));
  };
  if (!wanted.empty()) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name != wanted) continue;
      if (is_score(all[i])) return i;
      throw model_error{file, "expected the output '" + wanted + "' to be of real numbers, found " +
                                  to_string(static_cast<onnx_element>(all[i].element_type))};
    }
    throw invalid_argument{"options.output_name", "an output of '" + file + "'",
                           "'" + wanted + "', not one of " + count_and_names(all)};
  }
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_score(all[i])) left.push_back(i);
  }
  if (left.empty())
    throw model_error{file, "expected an output of real numbers, found " + count_and_names(all)};
  const auto keep = [&](const auto& test) {
    std::vector<std::size_t> some;
    std::copy_if(left.begin(), left.end(), std::back_inserter(some), test);
    if (!some.empty()) left = std::move(some);
  };
  const auto width = [&](std::size_t i) { return declared_width(header, all[i]); };
  if (heads != 0) {
    keep([&](std::size_t i) { return width(i) == heads || width(i) == 0; });
    keep([&](std::size_t i) { return width(i) == heads; });
  }
  static constexpr std::array<std::string_view, 4> telling = {"prob", "softmax", "logits", "score"};
  for (const std::string_view part : telling) {
    if (left.size() > 1)
      keep([&](std::size_t i) { return fold_case(all[i].name).find(part) != std::string::npos; });
  }
  if (left.size() > 1 && heads != 0) {
    std::vector<onnx_tensor> some;
    for (const std::size_t i : left) some.push_back(all[i]);
    throw model_error{file, "expected 1 output of scores, found " + count_and_names(some) +
                                " (name it in options.output_name)"};
  }
  return left.front();
}

}  // namespace mll::detail
