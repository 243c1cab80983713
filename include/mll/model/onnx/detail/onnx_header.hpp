// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_set>
#include <vector>

#include "mll/core/error.hpp"

namespace mll::detail {

/// Reads the wire format of protocol buffers from a file, skipping what nobody asks for without reading it.
class protobuf_reader {
 public:
  struct field {
    std::uint64_t number;
    std::uint64_t value;  ///< of a number; 0 for a message or text
    std::uint64_t end;    ///< of a message or text: position behind it; else 0
  };

  /// Throws: `parse_error` if the file cannot be read.
  explicit protobuf_reader(const std::filesystem::path& file) : name_{file.string()} {
    std::error_code problem;
    if (!std::filesystem::exists(file, problem)) {
      throw parse_error{name_, 0, "an ONNX model", "no such file"};
    }
    size_ = std::filesystem::file_size(file, problem);
    stream_.open(file, std::ios::binary);
    if (problem || !stream_) throw parse_error{name_, 0, "an ONNX model", "a file that cannot be read"};
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// The next field of a message that ends at `end`; none at its end.
  std::optional<field> next(std::uint64_t end) {
    if (at_ == end) return std::nullopt;
    const std::uint64_t key = varint(end);
    field out{.number = key >> 3U, .value = 0, .end = 0};
    switch (key & 7U) {
      case 0:
        out.value = varint(end);
        return out;
      case 1:
        skip(8, end);
        return out;
      case 2: {
        const std::uint64_t length = varint(end);
        if (length > end - at_) fail_short(length - (end - at_));
        out.end = at_ + length;
        return out;
      }
      case 5:
        skip(4, end);
        return out;
      default:
        throw parse_error{name_, 0, "an ONNX model", "other bytes at position " + std::to_string(at_)};
    }
  }
  /// Where a field ends that must be a message. Throws: `parse_error` if it is a number.
  [[nodiscard]] std::uint64_t inside(const field& message) const {
    if (message.end != 0) return message.end;
    throw parse_error{name_, 0, "an ONNX model",
                      "a number in place of a message before position " + std::to_string(at_)};
  }
  /// Goes behind a message or text that nobody asked for; nothing for a number.
  void leave(const field& message) {
    if (message.end == 0) return;
    at_ = message.end;
    stream_.seekg(static_cast<std::streamoff>(at_));
  }
  /// The text of a field.
  std::string text(const field& of) {
    const std::size_t length = of.end > at_ ? static_cast<std::size_t>(of.end - at_) : 0;
    std::string out(length, '\0');
    stream_.read(out.data(), static_cast<std::streamsize>(length));
    at_ += length;
    return out;
  }

 private:
  [[noreturn]] void fail_short(std::uint64_t missing) const {
    throw parse_error{name_, 0, "a whole ONNX model",
                      "one that lacks " + std::to_string(missing) + " bytes (cut off, or another format)"};
  }
  void skip(std::uint64_t count, std::uint64_t end) {
    if (count > end - at_) fail_short(count - (end - at_));
    at_ += count;
    stream_.seekg(static_cast<std::streamoff>(at_));
  }
  std::uint64_t varint(std::uint64_t end) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == end) fail_short(1);
      const auto byte = static_cast<std::uint64_t>(stream_.get());
      ++at_;
      value |= (byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    throw parse_error{name_, 0, "an ONNX model", "other bytes at position " + std::to_string(at_)};
  }

  std::string name_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;
};

/// An input or output of a network as its file declares it.
struct onnx_tensor {
  std::string name;
  std::uint64_t element_type = 0;       ///< 1 is single precision
  std::vector<std::size_t> shape = {};  ///< 0 where the file leaves it open
};

/// What an ONNX file says about itself before anything is loaded.
struct onnx_header {
  std::vector<onnx_tensor> inputs;  ///< without weights, which old files list as well
  std::vector<onnx_tensor> outputs;
};

/// ValueInfoProto: name 1, type 2 { tensor 1 { element type 1, shape 2 { dimension 1 { value 1 } } } }.
inline onnx_tensor read_onnx_tensor(protobuf_reader& in, std::uint64_t end) {
  onnx_tensor out;
  while (const auto of_value = in.next(end)) {
    if (of_value->number == 1) out.name = in.text(*of_value);
    if (of_value->number != 2) {
      if (of_value->number != 1) in.leave(*of_value);
      continue;
    }
    while (const auto of_type = in.next(in.inside(*of_value))) {
      if (of_type->number != 1) {
        in.leave(*of_type);
        continue;
      }
      while (const auto of_tensor = in.next(in.inside(*of_type))) {
        if (of_tensor->number == 1) out.element_type = of_tensor->value;
        if (of_tensor->number != 2) {
          in.leave(*of_tensor);
          continue;
        }
        while (const auto dimension = in.next(in.inside(*of_tensor))) {
          std::size_t size = 0;
          while (const auto of_dimension = in.next(in.inside(*dimension))) {
            // Exporters write -1 for a size that is open.
            if (of_dimension->number == 1 && of_dimension->value < (std::uint64_t{1} << 31U)) {
              size = static_cast<std::size_t>(of_dimension->value);
            }
            in.leave(*of_dimension);
          }
          out.shape.push_back(size);
        }
      }
    }
  }
  return out;
}

/// Reads what the file declares: ModelProto { graph 7 { initializer 5 { name 8 }, input 11, output 12 } }.
/// Throws: `parse_error` naming the file if it is missing, cut off, or something else.
/// Complexity: O(nodes and weights by number); their bytes are not read.
inline onnx_header read_onnx_header(const std::filesystem::path& file) {
  protobuf_reader in{file};
  onnx_header out;
  std::unordered_set<std::string> weights;
  bool found = false;
  while (const auto of_model = in.next(in.size())) {
    if (of_model->number != 7 || of_model->end == 0) {
      in.leave(*of_model);
      continue;
    }
    found = true;
    while (const auto of_graph = in.next(of_model->end)) {
      if (of_graph->end == 0) continue;
      if (of_graph->number == 11) {
        out.inputs.push_back(read_onnx_tensor(in, of_graph->end));
      } else if (of_graph->number == 12) {
        out.outputs.push_back(read_onnx_tensor(in, of_graph->end));
      } else if (of_graph->number == 5) {
        while (const auto of_weights = in.next(of_graph->end)) {
          if (of_weights->number == 8) {
            weights.insert(in.text(*of_weights));
          } else {
            in.leave(*of_weights);
          }
        }
      } else {
        in.leave(*of_graph);
      }
    }
  }
  if (!found) throw parse_error{in.name(), 0, "an ONNX model", "none: there is no graph in it"};
  std::erase_if(out.inputs, [&](const onnx_tensor& each) { return weights.contains(each.name); });
  return out;
}

}  // namespace mll::detail
