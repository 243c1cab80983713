// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"

namespace mll::detail {

/// The fields of one message of a protocol buffers file: protozero's reader, with the checks that untrusted
/// files need. (protozero keeps only 32 bits of a length, and only asserts that a field has the type it is
/// read as.)
class protobuf_message {
 public:
  explicit protobuf_message(const file_bytes& file) : protobuf_message{file, file.content} {}

  /// Goes to the next field; false at the end of the message.
  [[nodiscard]] bool next() { return in_.next(); }
  [[nodiscard]] std::uint32_t tag() const noexcept { return in_.tag(); }
  /// Whether the field is a text or a message, not a number.
  [[nodiscard]] bool has_content() const noexcept {
    return in_.has_wire_type(protozero::pbf_wire_type::length_delimited);
  }

  /// The field as a number; 0 if it is not one.
  [[nodiscard]] std::uint64_t number() {
    if (in_.has_wire_type(protozero::pbf_wire_type::varint)) return in_.get_uint64();
    skip();
    return 0;
  }
  /// The field as a text; empty if it is a number.
  [[nodiscard]] std::string_view text() {
    if (has_content()) return content();
    in_.skip();
    return {};
  }
  /// The field as a message. Throws: `parse_error` if it is a number.
  [[nodiscard]] protobuf_message message() {
    if (has_content()) return {*file_, content()};
    const auto position = file_->content.size() - static_cast<std::size_t>(end() - in_.data().data());
    throw parse_error{file_->name, 0, "an ONNX model",
                      "a number instead of a message at byte " + std::to_string(position)};
  }
  void skip() {
    if (has_content()) {
      static_cast<void>(content());
    } else {
      in_.skip();
    }
  }

 private:
  protobuf_message(const file_bytes& file, std::string_view bytes)
      : file_{&file}, in_{bytes.data(), bytes.size()} {}

  [[nodiscard]] const char* end() const { return file_->content.data() + file_->content.size(); }

  std::string_view content() {
    const protozero::data_view rest = in_.data();
    const char* first = rest.data();
    const char* const last = first + rest.size();
    const std::uint64_t length = protozero::decode_varint(&first, last);
    const auto left = static_cast<std::uint64_t>(last - first);
    if (length > left) {
      throw parse_error{
          file_->name, 0, "a whole ONNX model",
          "one that lacks " + std::to_string(length - left) + " bytes (cut off, or another format)"};
    }
    const std::string_view out{first, static_cast<std::size_t>(length)};
    in_ = {out.data() + out.size(), static_cast<std::size_t>(left - length)};
    return out;
  }

  const file_bytes* file_;
  protozero::pbf_reader in_;
};

/// An input or output of a network as its file declares it.
struct onnx_tensor {
  std::string name;
  std::uint64_t element_type = 0;       ///< 1 is single precision
  std::vector<std::size_t> shape = {};  ///< 0 where the file leaves it open
};

/// What an ONNX file declares, read without loading it.
struct onnx_header {
  std::vector<onnx_tensor> inputs;  ///< without weights, which old files list as well
  std::vector<onnx_tensor> outputs;
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

/// GraphProto: initializer 5 { name 8 }, input 11, output 12. Collects the names of the initializers
/// (weights).
inline void read_onnx_graph(protobuf_message graph, onnx_header& out,
                            std::unordered_set<std::string>& weights) {
  while (graph.next()) {
    if (!graph.has_content()) {
      graph.skip();
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
inline onnx_header read_onnx_header(const std::filesystem::path& path) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) {
    throw parse_error{path.string(), 0, "an ONNX model", "no such file"};
  }
  const file_bytes file = map_file(path);
  onnx_header out;
  std::unordered_set<std::string> weights;
  bool has_graph = false;
  try {
    protobuf_message model{file};
    while (model.next()) {
      if (model.tag() == 7 && model.has_content()) {
        has_graph = true;
        read_onnx_graph(model.message(), out, weights);
      } else {
        model.skip();
      }
    }
  } catch (const protozero::end_of_buffer_exception&) {
    throw parse_error{file.name, 0, "a whole ONNX model",
                      "one that ends within a field (cut off, or another format)"};
  } catch (const protozero::exception& thrown) {
    throw parse_error{file.name, 0, "an ONNX model",
                      std::string{"another format (protocol buffers: "} + thrown.what() + ")"};
  }
  if (!has_graph) throw parse_error{file.name, 0, "an ONNX model", "a file without a graph"};
  std::erase_if(out.inputs, [&](const onnx_tensor& each) { return weights.contains(each.name); });
  return out;
}

}  // namespace mll::detail
