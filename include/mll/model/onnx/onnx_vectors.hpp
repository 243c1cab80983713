// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>

#include "mll/model/classifier.hpp"
#include "mll/model/onnx/detail/inputs/vector_input.hpp"
#include "mll/model/onnx/detail/onnxruntime_only.hpp"
#include "mll/model/onnx/onnx_classifier.hpp"

namespace mll {

/// Feature vectors. Component `mll::onnxruntime`.
template <>
struct detail::onnx_input_of<Eigen::VectorXf> : detail::onnxruntime_only {
  using type = vector_input;
};

static_assert(classifier<onnx_classifier<Eigen::VectorXf>>);

}  // namespace mll
