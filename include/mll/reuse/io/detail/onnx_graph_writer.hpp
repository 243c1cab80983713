// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <protozero/pbf_writer.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mll::detail {

/// The element types of ONNX that we write.
enum class onnx_type : std::int32_t {
  float32 = 1,
  uint8 = 2,
  int32 = 6,
  int64 = 7,
  boolean = 9,
  float64 = 11
};

/// Writes the graph of an ONNX model. Values are known by name; constants are written once each.
///
/// Uses only operators whose meaning is the same in all versions of the standard operators from 11 on.
class onnx_graph_writer {
 public:
  using names = std::initializer_list<std::string>;

  onnx_graph_writer() = default;
  onnx_graph_writer(const onnx_graph_writer&) = delete;
  onnx_graph_writer& operator=(const onnx_graph_writer&) = delete;

  /// Adds a node. @return name of its output
  std::string node(const char* type, std::span<const std::string> inputs) {
    return node(type, inputs, [](protozero::pbf_writer&) {});
  }
  std::string node(const char* type, names inputs) {
    return node(type, std::span{inputs.begin(), inputs.size()});
  }
  /// The same with an attribute: a whole number, or several.
  std::string node(const char* type, names inputs, const char* attribute, std::int64_t value) {
    return node(type, std::span{inputs.begin(), inputs.size()},
                [&](protozero::pbf_writer& to) { add_number(to, attribute, value); });
  }
  std::string node(const char* type, std::span<const std::string> inputs, const char* attribute,
                   std::int64_t value) {
    return node(type, inputs, [&](protozero::pbf_writer& to) { add_number(to, attribute, value); });
  }
  std::string transpose(const std::string& input, std::initializer_list<std::int64_t> order) {
    const std::vector<std::string> inputs{input};
    return node("Transpose", inputs, [&](protozero::pbf_writer& to) {
      protozero::pbf_writer attribute{to, 5};
      attribute.add_string(1, "perm");
      for (const std::int64_t axis : order) attribute.add_int64(8, axis);
      attribute.add_enum(20, 7);
    });
  }
  std::string cast(const std::string& input, onnx_type to) {
    return node("Cast", {input}, "to", static_cast<std::int64_t>(to));
  }

  /// Adds a constant. @param[in] shape empty: a single number
  std::string constant(std::span<const float> values, std::initializer_list<std::size_t> shape) {
    return tensor(onnx_type::float32, std::as_bytes(values), shape);
  }
  std::string constant(float value) { return constant(std::span{&value, 1}, {}); }
  std::string integers(std::initializer_list<std::int64_t> values) {
    return tensor(onnx_type::int64, std::as_bytes(std::span{values.begin(), values.size()}), {values.size()});
  }
  std::string integers(std::span<const std::int64_t> values) {
    return tensor(onnx_type::int64, std::as_bytes(values), {values.size()});
  }
  std::string integer(std::int64_t value) {
    return tensor(onnx_type::int64, std::as_bytes(std::span{&value, 1}), {});
  }

  /// @param[in] bytes values of the type
  std::string tensor(onnx_type type, std::span<const std::byte> bytes,
                     std::initializer_list<std::size_t> shape) {
    const std::string out = "mll/constant" + std::to_string(count_++);
    protozero::pbf_writer to{graph_, 5};
    for (const std::size_t size : shape) to.add_int64(1, static_cast<std::int64_t>(size));
    to.add_int32(2, static_cast<std::int32_t>(type));
    to.add_string(8, out);
    to.add_bytes(9, reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return out;
  }

  /// Declares an input (field 11) or output (field 12). @param[in] shape names of sizes, or numbers as text
  void declare(protozero::pbf_tag_type field, const std::string& name, onnx_type type,
               const std::vector<std::string>& shape) {
    protozero::pbf_writer value{graph_, field};
    value.add_string(1, name);
    protozero::pbf_writer kind{value, 2};
    protozero::pbf_writer declared{kind, 1};
    declared.add_enum(1, static_cast<std::int32_t>(type));
    protozero::pbf_writer sizes{declared, 2};
    for (const std::string& size : shape) {
      protozero::pbf_writer dimension{sizes, 1};
      if (size.find_first_not_of("0123456789") == std::string::npos) {
        dimension.add_int64(1, std::stoll(size));
      } else {
        dimension.add_string(2, size);
      }
    }
  }
  /// Gives a value the name of an output.
  void rename(const std::string& value, const std::string& name) {
    protozero::pbf_writer to{graph_, 1};
    to.add_string(1, value);
    to.add_string(2, name);
    to.add_string(3, name);
    to.add_string(4, "Identity");
  }

  /// For the nodes and weights of other graphs.
  [[nodiscard]] protozero::pbf_writer& message() noexcept { return graph_; }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  template <class Attributes>
  std::string node(const char* type, std::span<const std::string> inputs, const Attributes& attributes) {
    const std::string out = "mll/" + std::string{type} + std::to_string(count_++);
    protozero::pbf_writer to{graph_, 1};
    for (const std::string& input : inputs) to.add_string(1, input);
    to.add_string(2, out);
    to.add_string(3, out);
    to.add_string(4, type);
    attributes(to);
    return out;
  }
  static void add_number(protozero::pbf_writer& node, const char* name, std::int64_t value) {
    protozero::pbf_writer attribute{node, 5};
    attribute.add_string(1, name);
    attribute.add_int64(3, value);
    attribute.add_enum(20, 2);
  }
  std::string bytes_;
  protozero::pbf_writer graph_{bytes_};
  std::size_t count_ = 0;
};

}  // namespace mll::detail
