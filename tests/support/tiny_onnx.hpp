// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// ONNX files whose answers can be worked out by hand, written byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace mll::test {

/// The wire format of protocol buffers.
struct protobuf_writer {
  std::string bytes;

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7FU));
    bytes += static_cast<char>(value);
  }
  protobuf_writer& number(std::uint64_t field, std::uint64_t value) {
    varint(field << 3U);
    varint(value);
    return *this;
  }
  protobuf_writer& text(std::uint64_t field, std::string_view value) {
    varint((field << 3U) | 2U);
    varint(value.size());
    bytes += value;
    return *this;
  }
  protobuf_writer& message(std::uint64_t field, const protobuf_writer& value) {
    return text(field, value.bytes);
  }
};

/// What an ONNX file says of an input or output; a size of 0 is left open.
/// @param[in] type of its numbers; 1 is float
[[nodiscard]] inline protobuf_writer value_info(const std::string& name,
                                                const std::vector<std::size_t>& shape, std::size_t type) {
  protobuf_writer dimensions;
  for (const std::size_t size : shape) {
    protobuf_writer dimension;
    if (size == 0) {
      dimension.text(2, "n");
    } else {
      dimension.number(1, size);
    }
    dimensions.message(1, dimension);
  }
  protobuf_writer declared;
  declared.number(1, type).message(2, dimensions);
  protobuf_writer kind;
  kind.message(1, declared);
  return protobuf_writer{}.text(1, name).message(2, kind);
}

/// A node of an ONNX graph, named after its output.
[[nodiscard]] inline protobuf_writer onnx_node(const std::vector<std::string>& inputs,
                                               const std::string& output, const std::string& type) {
  protobuf_writer out;
  for (const auto& input : inputs) out.text(1, input);
  return out.text(2, output).text(3, "node_" + output).text(4, type);
}

/// Constant numbers of an ONNX graph.
[[nodiscard]] inline protobuf_writer onnx_tensor(const std::string& name,
                                                 const std::vector<std::size_t>& shape,
                                                 const std::vector<float>& values) {
  protobuf_writer out;
  for (const std::size_t size : shape) out.number(1, size);
  std::string raw(values.size() * sizeof(float), '\0');
  if (!values.empty()) std::memcpy(raw.data(), values.data(), raw.size());
  return out.number(2, 1).text(8, name).text(9, raw);
}

/// The rows of a matrix, one after the other.
[[nodiscard]] inline std::vector<float> flattened(const std::vector<std::vector<float>>& rows) {
  std::vector<float> out;
  for (const auto& row : rows) out.insert(out.end(), row.begin(), row.end());
  return out;
}

/// A node with an attribute of whole numbers, or of one.
inline void add_numbers(protobuf_writer& node, const std::string& name,
                        const std::vector<std::int64_t>& values) {
  protobuf_writer attribute;
  attribute.text(1, name);
  for (const std::int64_t value : values) attribute.number(8, static_cast<std::uint64_t>(value));
  node.message(5, attribute.number(20, 7));
}
inline void add_number(protobuf_writer& node, const std::string& name, std::int64_t value) {
  node.message(5, protobuf_writer{}.text(1, name).number(3, static_cast<std::uint64_t>(value)).number(20, 2));
}

/// A network `output = weights * flatten(image) + bias`, perhaps with softmax.
struct tiny_onnx {
  /// What the input declares; 0 leaves a size open.
  std::vector<std::size_t> input_shape = {0, 3, 2, 2};
  /// `weights[head][i]` for number i of the flattened image.
  std::vector<std::vector<float>> weights = {};
  std::vector<float> bias = {};
  bool softmax = false;
  bool declare_output = true;
  std::size_t element_type = 1;  ///< of the input; 1 is float
  std::size_t input_count = 1;
  std::string last_operator = {};  ///< one more, e.g. one that nobody knows

  [[nodiscard]] std::string bytes() const {
    const std::size_t heads = weights.size();
    protobuf_writer graph;
    graph.message(1, onnx_node({"image"}, "flat", "Flatten"));
    std::string last = "sum";
    protobuf_writer transposed;
    transposed.text(1, "transB").number(3, 1).number(20, 2);
    graph.message(1, onnx_node({"flat", "weights", "bias"}, last, "Gemm").message(5, transposed));
    if (softmax) {
      graph.message(1, onnx_node({last}, "shares", "Softmax"));
      last = "shares";
    }
    if (!last_operator.empty()) {
      graph.message(1, onnx_node({last}, "strange", last_operator));
      last = "strange";
    }
    graph.text(2, "tiny");
    graph.message(
        5, onnx_tensor("weights", {heads, heads == 0 ? 0 : weights.front().size()}, flattened(weights)));
    graph.message(5, onnx_tensor("bias", {heads}, bias));
    for (std::size_t i = 0; i < input_count; ++i) {
      graph.message(11, value_info(i == 0 ? "image" : "more" + std::to_string(i), input_shape, element_type));
    }
    // Old files list weights among the inputs.
    graph.message(11, value_info("weights", {heads, heads == 0 ? 0 : weights.front().size()}, 1));
    graph.message(
        12,
        value_info(last, declare_output ? std::vector<std::size_t>{0, heads} : std::vector<std::size_t>{0, 0},
                   1));
    protobuf_writer model;
    model.number(1, 6).text(2, "mll tests").message(7, graph);
    return model.message(8, protobuf_writer{}.text(1, "").number(2, 11)).bytes;
  }

  void write(const std::filesystem::path& file) const { write_bytes(file, bytes()); }

  static void write_bytes(const std::filesystem::path& file, const std::string& content) {
    std::ofstream{file, std::ios::binary} << content;
  }
};

}  // namespace mll::test
