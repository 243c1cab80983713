// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/reuse/io/detail/onnx_graph_writer.hpp"

namespace mll::detail {

/// A value of an ONNX graph with its type: expressions of such values add nodes to the graph. Shapes are
/// broadcast as in NumPy.
class onnx_value {
 public:
  onnx_value(onnx_graph_writer& to, std::string name, onnx_type type)
      : to_{&to}, name_{std::move(name)}, type_{type} {}

  /// A constant. @param[in] shape empty: a single number
  static onnx_value constant(onnx_graph_writer& to, onnx_type type, std::span<const double> values,
                             std::initializer_list<std::size_t> shape) {
    const auto written = [&]<class Number>(Number) {
      std::vector<Number> numbers;
      for (const double each : values) numbers.push_back(static_cast<Number>(each));
      return to.tensor(type, std::as_bytes(std::span{numbers}), shape);
    };
    switch (type) {
      case onnx_type::int32:
        return {to, written(std::int32_t{}), type};
      case onnx_type::int64:
        return {to, written(std::int64_t{}), type};
      case onnx_type::float64:
        return {to, written(double{}), type};
      default:
        return {to, written(float{}), onnx_type::float32};
    }
  }
  /// The numbers 0 to `count` - 1.
  static onnx_value numbers(onnx_graph_writer& to, onnx_type type, std::size_t count,
                            std::initializer_list<std::size_t> shape) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i);
    return constant(to, type, values, shape);
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] onnx_graph_writer& graph() const noexcept { return *to_; }
  /// A number of the same type.
  [[nodiscard]] onnx_value number(double value) const {
    return constant(*to_, type_, std::span{&value, 1}, {});
  }
  [[nodiscard]] onnx_value as(onnx_type type) const { return {*to_, to_->cast(name_, type), type}; }
  [[nodiscard]] onnx_value reshaped(std::initializer_list<std::int64_t> shape) const {
    return {*to_, to_->node("Reshape", {name_, to_->integers(shape)}), type_};
  }
  /// An operator on this value, whose result has the same type.
  [[nodiscard]] onnx_value then(const char* type) const { return {*to_, to_->node(type, {name_}), type_}; }
  [[nodiscard]] onnx_value then(const char* type, const onnx_value& other) const {
    return {*to_, to_->node(type, {name_, other.name_}), type_};
  }
  /// A comparison.
  [[nodiscard]] onnx_value is(const char* type, const onnx_value& other) const {
    return {*to_, to_->node(type, {name_, other.name_}), onnx_type::boolean};
  }
  /// Elements of this value along an axis.
  [[nodiscard]] onnx_value at(const onnx_value& indices, std::int64_t axis) const {
    return {*to_, to_->node("Gather", {name_, indices.name_}, "axis", axis), type_};
  }

  friend onnx_value operator+(const onnx_value& a, const onnx_value& b) { return a.then("Add", b); }
  friend onnx_value operator-(const onnx_value& a, const onnx_value& b) { return a.then("Sub", b); }
  friend onnx_value operator*(const onnx_value& a, const onnx_value& b) { return a.then("Mul", b); }
  /// Of whole numbers, that of C++; used on those that are not negative.
  friend onnx_value operator/(const onnx_value& a, const onnx_value& b) { return a.then("Div", b); }
  friend onnx_value operator+(const onnx_value& a, double b) { return a + a.number(b); }
  friend onnx_value operator-(const onnx_value& a, double b) { return a - a.number(b); }
  friend onnx_value operator*(const onnx_value& a, double b) { return a * a.number(b); }
  friend onnx_value operator/(const onnx_value& a, double b) { return a / a.number(b); }
  friend onnx_value operator-(double a, const onnx_value& b) { return b.number(a) - b; }
  friend onnx_value operator/(double a, const onnx_value& b) { return b.number(a) / b; }
  friend onnx_value operator<(const onnx_value& a, const onnx_value& b) { return a.is("Less", b); }
  friend onnx_value operator<(const onnx_value& a, double b) { return a < a.number(b); }
  friend onnx_value operator>(const onnx_value& a, const onnx_value& b) { return a.is("Greater", b); }
  friend onnx_value operator>(const onnx_value& a, double b) { return a > a.number(b); }
  // As nodes of their own, they need version 12 of the operators.
  friend onnx_value operator>=(const onnx_value& a, const onnx_value& b) { return (a < b).then("Not"); }
  friend onnx_value operator>=(const onnx_value& a, double b) { return a >= a.number(b); }
  friend onnx_value operator<=(const onnx_value& a, const onnx_value& b) { return (a > b).then("Not"); }
  friend onnx_value operator<=(const onnx_value& a, double b) { return a <= a.number(b); }
  friend onnx_value operator&(const onnx_value& a, const onnx_value& b) { return a.then("And", b); }
  friend onnx_value operator|(const onnx_value& a, const onnx_value& b) { return a.then("Or", b); }

  [[nodiscard]] static onnx_value where(const onnx_value& condition, const onnx_value& a,
                                        const onnx_value& b) {
    return {*a.to_, a.to_->node("Where", {condition.name_, a.name_, b.name_}), a.type_};
  }
  // Max and Min of whole numbers need version 12 of the operators.
  [[nodiscard]] static onnx_value max(const onnx_value& a, const onnx_value& b) { return where(a < b, b, a); }
  [[nodiscard]] static onnx_value min(const onnx_value& a, const onnx_value& b) { return where(b < a, b, a); }
  [[nodiscard]] onnx_value clamped(double low, double high) const {
    return max(min(*this, number(high)), number(low));
  }

 private:
  onnx_graph_writer* to_;
  std::string name_;
  onnx_type type_;
};

}  // namespace mll::detail
