// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/model/onnx/engines/detail/protobuf_message.hpp"

namespace mll::detail {

/// An input or output of a network as its file declares it.
struct onnx_tensor {
  std::string name;
  std::uint64_t element_type = 0;       ///< 1 is single precision; 0: not a tensor
  std::vector<std::size_t> shape = {};  ///< 0 where the file leaves it open
  bool is_map = false;                  ///< a sequence of maps from class labels to scores
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
  std::unordered_map<std::string, onnx_operator> operators;  ///< by the name of each output
  /// `metadata_props`, such as Ultralytics' `names` and `imgsz`.
  std::map<std::string, std::string> metadata;
  /// Labels of the last classifier of the domain ai.onnx.ml, numbers as text, in the order of its columns.
  std::vector<std::string> class_labels;
  /// Whether values are quantised by their range in a batch, so that the samples of a batch change each
  /// other.
  bool quantises_batches = false;
  std::size_t weight_bytes = 0;  ///< of the constants of the graph, in the file or beside it

  /// The operator that computes an output, without those that only change its type or shape; empty if
  /// unknown.
  [[nodiscard]] std::string last_operator(std::string name) const {
    static const std::unordered_set<std::string> without_effect = {
        "Cast",    "DequantizeLinear", "Dropout", "Flatten",   "Identity",
        "Reshape", "QuantizeLinear",   "Squeeze", "Unsqueeze", "ZipMap"};
    for (std::size_t step = 0; step <= operators.size(); ++step) {  // a damaged file may have a cycle
      const auto found = operators.find(name);
      if (found == operators.end()) return {};
      if (!without_effect.contains(found->second.type)) return found->second.type;
      name = found->second.input;
    }
    return {};
  }
  /// That of the first output.
  [[nodiscard]] std::string last_operator() const {
    return outputs.empty() ? std::string{} : last_operator(outputs.front().name);
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

/// TypeProto: tensor 1 { element type 1, shape 2 }, sequence 4 { element type 1 }, map 5.
inline void read_onnx_type(protobuf_message type, onnx_tensor& out, bool is_element = false) {
  while (type.next()) {
    if (type.tag() == 1 && !is_element) {
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
    } else if (type.tag() == 4 && !is_element && type.has_content()) {
      protobuf_message sequence = type.message();
      while (sequence.next()) {
        if (sequence.tag() == 1 && sequence.has_content()) {
          read_onnx_type(sequence.message(), out, true);
        } else {
          sequence.skip();
        }
      }
    } else {
      out.is_map = out.is_map || (type.tag() == 5 && is_element);
      type.skip();
    }
  }
}

/// ValueInfoProto: name 1, type 2.
inline onnx_tensor read_onnx_tensor(protobuf_message value) {
  onnx_tensor out;
  while (value.next()) {
    if (value.tag() == 1) {
      out.name = value.text();
    } else if (value.tag() == 2) {
      read_onnx_type(value.message(), out);
    } else {
      value.skip();
    }
  }
  return out;
}

/// AttributeProto: name 1, integers 8, texts 9. The class labels of a classifier, if it has them.
inline void read_onnx_labels(protobuf_message attribute, std::vector<std::string>& out) {
  std::string_view name;
  std::vector<std::string> found;
  while (attribute.next()) {
    if (attribute.tag() == 1) {
      name = attribute.text();
    } else if (attribute.tag() == 8 && name.starts_with("classlabels_")) {
      attribute.numbers(
          [&](std::uint64_t value) { found.push_back(std::to_string(static_cast<std::int64_t>(value))); });
    } else if (attribute.tag() == 9 && name.starts_with("classlabels_")) {
      found.emplace_back(attribute.text());
    } else {
      attribute.skip();
    }
  }
  if (!found.empty()) out = std::move(found);
}

/// NodeProto: input 1, output 2, type 4, attribute 5.
inline void read_onnx_operator(protobuf_message node, onnx_header& out) {
  onnx_operator found;
  std::vector<std::string> outputs;
  while (node.next()) {
    if (node.tag() == 1 && found.input.empty()) {
      found.input = node.text();
    } else if (node.tag() == 2) {
      outputs.emplace_back(node.text());
    } else if (node.tag() == 4) {
      found.type = node.text();
    } else if (node.tag() == 5 && node.has_content()) {
      read_onnx_labels(node.message(), out.class_labels);
    } else {
      node.skip();
    }
  }
  if (found.type.starts_with("DynamicQuantize")) out.quantises_batches = true;
  for (auto& output : outputs) out.operators.emplace(std::move(output), found);
}

/// StringStringEntryProto: key 1, value 2.
inline std::pair<std::string, std::string> read_onnx_entry(protobuf_message entry) {
  std::pair<std::string, std::string> out;
  while (entry.next()) {
    if (entry.tag() == 1) {
      out.first = entry.text();
    } else if (entry.tag() == 2) {
      out.second = entry.text();
    } else {
      entry.skip();
    }
  }
  return out;
}

/// The number of bytes that an entry of external data declares; 0 if it is another entry.
inline std::size_t read_onnx_length(protobuf_message entry) {
  const auto [key, value] = read_onnx_entry(entry);
  std::size_t out = 0;
  if (key == "length") std::from_chars(value.data(), value.data() + value.size(), out);
  return out;
}

/// GraphProto: node 1, initializer 5 { name 8, external data 13 }, input 11, output 12. Collects the names of
/// the initializers (weights).
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
        } else if (initializer.tag() == 13 && initializer.has_content()) {
          out.weight_bytes += read_onnx_length(initializer.message());
        } else {
          out.weight_bytes += initializer.text().size();
        }
      }
    } else {
      graph.skip();
    }
  }
}

/// Reads what an ONNX file declares: ModelProto { graph 7, metadata 14 }.
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
      } else if (model.tag() == 14 && model.has_content()) {
        auto [key, value] = read_onnx_entry(model.message());
        out.metadata.insert_or_assign(std::move(key), std::move(value));
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
