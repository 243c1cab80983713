// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "mll/model/classifier.hpp"
#include "mll/model/onnx/detail/inputs/text_input.hpp"
#include "mll/model/onnx/detail/onnxruntime_only.hpp"
#include "mll/model/onnx/onnx_classifier.hpp"

namespace mll {

/// Texts in UTF-8. Component `mll::onnxruntime`.
template <>
struct detail::onnx_input_of<std::string> : detail::onnxruntime_only {
  using type = text_input;
};

static_assert(classifier<onnx_classifier<std::string>>);

}  // namespace mll
