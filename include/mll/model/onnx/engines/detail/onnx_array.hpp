// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mll::detail {

/// Element types of tensors, by their number in ONNX files.
enum class onnx_element : std::uint64_t {
  none = 0,
  float32 = 1,
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  int32 = 6,
  int64 = 7,
  string = 8,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  uint32 = 12,
  uint64 = 13,
};

[[nodiscard]] inline std::string to_string(onnx_element type) {
  static constexpr const char* names[] = {"no tensor", "float32", "uint8",  "int8",   "uint16",
                                          "int16",     "int32",   "int64",  "string", "bool",
                                          "float16",   "float64", "uint32", "uint64"};
  const auto number = static_cast<std::uint64_t>(type);
  return number < std::size(names) ? names[number] : "ONNX type " + std::to_string(number);
}

/// Calls `work` with a value of the C++ type of numbers; returns whether there is one.
template <class Work>
bool visit_numbers(onnx_element type, Work&& work) {
  switch (type) {
    case onnx_element::float32:
      return work(float{}), true;
    case onnx_element::uint8:
      return work(std::uint8_t{}), true;
    case onnx_element::int8:
      return work(std::int8_t{}), true;
    case onnx_element::int32:
      return work(std::int32_t{}), true;
    case onnx_element::int64:
      return work(std::int64_t{}), true;
    case onnx_element::float16:
      return work(Eigen::half{}), true;
    case onnx_element::float64:
      return work(double{}), true;
    default:
      return false;
  }
}

[[nodiscard]] inline bool is_number(onnx_element type) {
  return visit_numbers(type, [](auto) {});
}
[[nodiscard]] inline bool is_real(onnx_element type) {
  return type == onnx_element::float32 || type == onnx_element::float16 || type == onnx_element::float64;
}

/// An array that goes into a network or comes out of it.
struct onnx_array {
  std::string name;
  onnx_element type = onnx_element::none;
  std::vector<std::size_t> shape = {};
  std::vector<std::byte> bytes = {};     ///< of numbers
  std::vector<std::string> texts = {};   ///< of strings
  std::vector<std::string> labels = {};  ///< of the columns, if the network returned maps

  [[nodiscard]] std::size_t size() const {
    std::size_t out = 1;
    for (const std::size_t extent : shape) out *= extent;
    return out;
  }

  /// Makes it an array of zeros or empty texts.
  void reset(onnx_element kind, std::vector<std::size_t> extents) {
    type = kind;
    shape = std::move(extents);
    texts.assign(type == onnx_element::string ? size() : 0, {});
    bytes.clear();
    visit_numbers(type, [&](auto number) { bytes.resize(size() * sizeof(number)); });
  }

  /// Converts numbers into the type of the array; integers are rounded and kept in range.
  /// @param[in] at index of the first
  template <class T>
  void write(std::size_t at, std::span<const T> values) {
    visit_numbers(type, [&](auto number) {
      using target = decltype(number);
      std::byte* out = bytes.data() + at * sizeof(target);
      if constexpr (std::is_same_v<target, T>) {
        if (!values.empty()) std::memcpy(out, values.data(), values.size_bytes());
      } else {
        for (std::size_t i = 0; i < values.size(); ++i, out += sizeof(target)) {
          target value{};
          if constexpr (std::is_integral_v<target>) {
            constexpr auto low = static_cast<double>(std::numeric_limits<target>::min());
            constexpr auto high = static_cast<double>(std::numeric_limits<target>::max());
            const double rounded = std::nearbyint(static_cast<double>(values[i]));
            // 2^63 as a double is one too many.
            value = !(rounded > low)  ? std::numeric_limits<target>::min()
                    : rounded >= high ? std::numeric_limits<target>::max()
                                      : static_cast<target>(rounded);
          } else {
            value = static_cast<target>(static_cast<float>(values[i]));
            if constexpr (std::is_same_v<target, double>) value = static_cast<double>(values[i]);
          }
          std::memcpy(out, &value, sizeof(target));
        }
      }
    });
  }

  /// Numbers in single precision. @param[in] at index of the first
  void read(std::size_t at, std::span<float> out) const {
    visit_numbers(type, [&](auto number) {
      using source = decltype(number);
      const std::byte* in = bytes.data() + at * sizeof(source);
      if constexpr (std::is_same_v<source, float>) {
        if (!out.empty()) std::memcpy(out.data(), in, out.size_bytes());
      } else {
        for (std::size_t i = 0; i < out.size(); ++i, in += sizeof(source)) {
          source value{};
          std::memcpy(&value, in, sizeof(source));
          out[i] = static_cast<float>(value);
        }
      }
    });
  }
};

}  // namespace mll::detail
