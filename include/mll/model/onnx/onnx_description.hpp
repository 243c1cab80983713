// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mll/model/activation.hpp"

namespace mll {

/// What the input of an ONNX network is made from.
enum class onnx_input_kind {
  image,   ///< a tensor of 4 dimensions
  vector,  ///< one row of numbers per sample, or one input per number
  text,    ///< one string per sample
  tokens,  ///< token ids with an attention mask
};

/// What an activation was decided by.
enum class activation_source {
  options,  ///< `onnx_options::output`
  graph,    ///< the last operators of the file
  probe,    ///< values that the network returned for random samples
};

/// Which activation is applied to the output of a network, and why.
struct activation_decision {
  activation kind = activation::identity;
  activation_source source = activation_source::graph;
  std::string reason;  ///< one sentence, such as "the graph ends with Softmax"
};

/// An input or output of a network.
struct onnx_tensor_description {
  std::string name;
  std::string type;                ///< "float32", "float16", "uint8", "int64", "string", "map", ...
  std::vector<std::size_t> shape;  ///< 0 where the file leaves it open
};

/// How an ONNX file is run as a classifier: `onnx_classifier::describe`.
struct onnx_description {
  std::string engine;  ///< name and version, such as "ONNX Runtime 1.21.0"
  onnx_input_kind kind = onnx_input_kind::image;
  std::vector<onnx_tensor_description> inputs;
  onnx_tensor_description output;  ///< the one that is read
  std::size_t batch_size = 0;      ///< samples per run
  bool is_batch_fixed = false;     ///< by the file: batches are filled up
  activation_decision activation;
  std::size_t bytes = 0;  ///< measured memory of the loaded network
};

}  // namespace mll
