// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mll/model/activation_decision.hpp"

namespace mll {

/// What the input of an ONNX network is made from.
enum class onnx_input_kind {
  image,   ///< a tensor of 4 dimensions
  vector,  ///< one row of numbers per sample, in one or more inputs
  text,    ///< one string per sample
  tokens,  ///< token ids with an attention mask
};

/// An input or output of a network.
struct onnx_tensor_description {
  std::string name;
  std::string type;                ///< "float32", "float16", "uint8", "int64", "string", "map", ...
  std::vector<std::size_t> shape;  ///< 0 where the file leaves it open
};

/// How an ONNX file is run as a classifier: `onnx_classifier::describe`.
struct onnx_description {
  std::string engine = {};  ///< name and version, such as "ONNX Runtime 1.21.0"
  onnx_input_kind kind = onnx_input_kind::image;
  std::vector<onnx_tensor_description> inputs = {};
  onnx_tensor_description output = {};  ///< the one that is read
  std::size_t batch_size = 0;           ///< samples per run
  bool is_batch_fixed = false;          ///< by the file: batches are filled up
  activation_decision activation = {};
  std::size_t bytes = 0;  ///< memory of the loaded network
};

}  // namespace mll
