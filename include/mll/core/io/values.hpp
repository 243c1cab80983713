// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/io/file_bytes.hpp"

/// Values of a binary format. A function template `transfer(io, value)` lists the members of a struct once,
/// for both directions: `io` is a `value_writer` and `value` const, or `io` is a `value_reader`.
namespace mll::detail {

template <class T>
concept plain_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

/// `U`, or `const U`: what a `transfer` takes in both directions.
template <class T, class U>
concept maybe_const = std::same_as<std::remove_const_t<T>, U>;

/// Appends values to a byte string: numbers little-endian; `bool` and enumerations in 1 byte; ids in 4;
/// `std::size_t` in 8; texts and vectors behind their length in 8 bytes; a matrix behind rows and columns in
/// 8 bytes each, in its own storage order; an optional behind 1 byte.
class value_writer {
 public:
  std::string bytes;

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  /// An enumeration, in 1 byte. @param[in] count of its enumerators, which are numbered from 0
  template <class E>
  void kind(E value, [[maybe_unused]] unsigned count) {
    bytes += static_cast<char>(value);
  }

 private:
  void raw(const void* from, std::size_t size) {
    if (size != 0) bytes.append(static_cast<const char*>(from), size);
  }
  template <class T>
  void put(const T& value) {
    if constexpr (plain_number<T>) {
      raw(&value, sizeof value);
    } else if constexpr (std::is_same_v<T, bool>) {
      bytes += static_cast<char>(value ? 1 : 0);
    } else {
      transfer(*this, value);
    }
  }
  template <class Tag>
  void put(const strong_id<Tag>& id) {
    put(id.value());
  }
  void put(const std::string& text) {
    put(text.size());
    bytes += text;
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(values.size());
    for (const T& each : values) put(each);
  }
  template <class T, std::size_t Size>
  void put(const std::array<T, Size>& values) {
    for (const T& each : values) put(each);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T, int Rows, int Columns, int Options>
  void put(const Eigen::Matrix<T, Rows, Columns, Options>& values) {
    put(static_cast<std::uint64_t>(values.rows()));
    put(static_cast<std::uint64_t>(values.cols()));
    raw(values.data(), static_cast<std::size_t>(values.size()) * sizeof(T));
  }
};

/// Reads what `value_writer` wrote. Throws: `parse_error` naming file and byte if a value reaches beyond the
/// end; memory is allocated only for what is there.
class value_reader {
 public:
  /// @param[in] bytes must outlive the reader
  explicit value_reader(const file_bytes& bytes) : in_{bytes} {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  /// An enumeration, in 1 byte. @param[in] count of its enumerators, which are numbered from 0
  template <class E>
  void kind(E& value, unsigned count) {
    const auto byte = in_.number<std::uint8_t>("a kind");
    if (byte >= count) in_.reject("a kind below " + std::to_string(count), std::to_string(byte));
    value = static_cast<E>(byte);
  }
  /// Throws: `parse_error` unless everything has been read.
  void finish() const {
    if (in_.left() != 0) in_.fail("the end of the section", std::to_string(in_.left()) + " bytes");
  }
  [[nodiscard]] const byte_parser& parser() const noexcept { return in_; }

 private:
  template <class T>
  void get(T& value) {
    if constexpr (plain_number<T>) {
      value = in_.number<T>("a number");
    } else if constexpr (std::is_same_v<T, bool>) {
      const auto byte = in_.number<std::uint8_t>("a flag");
      if (byte > 1) in_.reject("a flag, 0 or 1,", std::to_string(byte));
      value = byte == 1;
    } else {
      transfer(*this, value);
    }
  }
  template <class Tag>
  void get(strong_id<Tag>& id) {
    id = strong_id<Tag>{in_.number<std::uint32_t>("an id")};
  }
  void get(std::string& text) { text = in_.bytes(count(), "a text"); }
  template <class T>
  void get(std::vector<T>& values) {
    const std::size_t size = count();
    values.clear();
    for (std::size_t i = 0; i < size; ++i) get(values.emplace_back());  // every value has a byte or more
  }
  template <class T, std::size_t Size>
  void get(std::array<T, Size>& values) {
    for (T& each : values) get(each);
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool there = false;
    get(there);
    value.reset();
    if (there) get(value.emplace());
  }
  template <class T, int Rows, int Columns, int Options>
  void get(Eigen::Matrix<T, Rows, Columns, Options>& values) {
    const auto rows = in_.number<std::uint64_t>("rows");
    const auto columns = in_.number<std::uint64_t>("columns");
    const bool fixed = (Rows != Eigen::Dynamic && rows != static_cast<std::uint64_t>(Rows)) ||
                       (Columns != Eigen::Dynamic && columns != static_cast<std::uint64_t>(Columns));
    const std::uint64_t limit = in_.left() / sizeof(T);
    if (fixed || (columns != 0 && rows > limit / columns) || rows > limit + 1 || columns > limit + 1) {
      in_.fail("a matrix that fits",
               "one of [" + std::to_string(rows) + ", " + std::to_string(columns) + "]");
    }
    values.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    const std::string_view from = in_.bytes(static_cast<std::size_t>(values.size()) * sizeof(T), "numbers");
    if (!from.empty()) std::memcpy(static_cast<void*>(values.data()), from.data(), from.size());
  }
  std::size_t count() {
    const auto value = in_.number<std::uint64_t>("a length");
    if (value > in_.left())
      in_.reject("a length of at most " + std::to_string(in_.left()), std::to_string(value));
    return static_cast<std::size_t>(value);
  }

  byte_parser in_;
};

}  // namespace mll::detail
