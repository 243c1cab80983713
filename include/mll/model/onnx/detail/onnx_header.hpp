// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/model/onnx/detail/protobuf_message.hpp"

namespace mll::detail {

/// An input or output of a network as its file declares it.
struct onnx_tensor {
  std::string name;
  std::uint64_t element_type = 0;       ///< 1 is single precision
  std::vector<std::size_t> shape = {};  ///< 0 where the file leaves it open
};

/// An operator of a network.
struct onnx_operator {
  std::string type;
  std::string input;  ///< the first
};

/// What an ONNX file declares, read without loading it.
struct onnx_header {
  std::vector<onnx_tensor> inputs;  ///< without weights, which old files list as well
  std::vector<onnx_tensor> outputs;
  std::unordered_map<std::string, onnx_operator> operators;  ///< by the name of the first output

  /// The operator that computes the first output, without those that only change its shape; empty if unknown.
  [[nodiscard]] std::string last_operator() const {
    static const std::unordered_set<std::string> without_effect = {
        "Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"};
    std::string name = outputs.empty() ? std::string{} : outputs.front().name;
    for (std::size_t step = 0; step <= operators.size(); ++step) {  // a damaged file may have a cycle
      const auto found = operators.find(name);
      if (found == operators.end()) return {};
      if (!without_effect.contains(found->second.type)) return found->second.type;
      name = found->second.input;
    }
    return {};
  }
};

/// TensorShapeProto: dimension 1 { value 1 }.
inline void read_onnx_shape(protobuf_message shape, std::vector<std::size_t>& out) {
  while (shape.next()) {
    if (shape.tag() != 1) {
      shape.skip();
      continue;
    }
    std::size_t size = 0;
    protobuf_message dimension = shape.message();
    while (dimension.next()) {
      if (dimension.tag() != 1) {
        dimension.skip();
        continue;
      }
      // Exporters write -1 for a size that is open.
      const std::uint64_t value = dimension.number();
      if (value < (std::uint64_t{1} << 31U)) size = static_cast<std::size_t>(value);
    }
    out.push_back(size);
  }
}

/// ValueInfoProto: name 1, type 2 { tensor 1 { element type 1, shape 2 } }.
inline onnx_tensor read_onnx_tensor(protobuf_message value) {
  onnx_tensor out;
  while (value.next()) {
    if (value.tag() == 1) {
      out.name = value.text();
      continue;
    }
    if (value.tag() != 2) {
      value.skip();
      continue;
    }
    protobuf_message type = value.message();
    while (type.next()) {
      if (type.tag() != 1) {
        type.skip();
        continue;
      }
      protobuf_message tensor = type.message();
      while (tensor.next()) {
        if (tensor.tag() == 1) {
          out.element_type = tensor.number();
        } else if (tensor.tag() == 2) {
          read_onnx_shape(tensor.message(), out.shape);
        } else {
          tensor.skip();
        }
      }
    }
  }
  return out;
}

/// NodeProto: input 1, output 2, type 4.
inline void read_onnx_operator(protobuf_message node, onnx_header& out) {
  onnx_operator found;
  std::string output;
  while (node.next()) {
    if (node.tag() == 1 && found.input.empty()) {
      found.input = node.text();
    } else if (node.tag() == 2 && output.empty()) {
      output = node.text();
    } else if (node.tag() == 4) {
      found.type = node.text();
    } else {
      node.skip();
    }
  }
  out.operators.emplace(std::move(output), std::move(found));
}

/// GraphProto: node 1, initializer 5 { name 8 }, input 11, output 12. Collects the names of the initializers
/// (weights).
inline void read_onnx_graph(protobuf_message graph, onnx_header& out,
                            std::unordered_set<std::string>& weights) {
  while (graph.next()) {
    if (!graph.has_content()) {
      graph.skip();
    } else if (graph.tag() == 1) {
      read_onnx_operator(graph.message(), out);
    } else if (graph.tag() == 11) {
      out.inputs.push_back(read_onnx_tensor(graph.message()));
    } else if (graph.tag() == 12) {
      out.outputs.push_back(read_onnx_tensor(graph.message()));
    } else if (graph.tag() == 5) {
      protobuf_message initializer = graph.message();
      while (initializer.next()) {
        if (initializer.tag() == 8) {
          weights.emplace(initializer.text());
        } else {
          initializer.skip();
        }
      }
    } else {
      graph.skip();
    }
  }
}

/// Reads what an ONNX file declares: ModelProto { graph 7 }.
/// Throws: `parse_error` naming the file if it is missing, cut off, or in another format.
/// Complexity: O(nodes + weights), counted, not in bytes: the file is mapped, and values are skipped.
inline onnx_header read_onnx_header(const file_bytes& file) {
  onnx_header out;
  std::unordered_set<std::string> weights;
  bool has_graph = false;
  read_protobuf(file, [&](protobuf_message model) {
    while (model.next()) {
      if (model.tag() == 7 && model.has_content()) {
        has_graph = true;
        read_onnx_graph(model.message(), out, weights);
      } else {
        model.skip();
      }
    }
  });
  if (!has_graph) throw parse_error{file.name, 0, "an ONNX model", "a file without a graph"};
  std::erase_if(out.inputs, [&](const onnx_tensor& each) { return weights.contains(each.name); });
  return out;
}

/// Maps an ONNX file. Throws: `parse_error` naming the file if it is missing or not a regular file.
inline file_bytes map_onnx(const std::filesystem::path& path) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) {
    throw parse_error{path.string(), 0, "an ONNX model", problem ? problem.message() : "no such file"};
  }
  return map_file(path);
}

inline onnx_header read_onnx_header(const std::filesystem::path& path) {
  return read_onnx_header(map_onnx(path));
}

}  // namespace mll::detail
