// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"

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
  /// Calls `visit` with each number of a repeated field, packed or not.
  template <class Visit>
  void numbers(const Visit& visit) {
    if (!has_content()) return visit(number());
    const std::string_view packed = content();
    const char* next = packed.data();
    for (const char* const end = next + packed.size(); next != end;)
      visit(protozero::decode_varint(&next, end));
  }
  /// The number of values of a repeated field of fixed width, packed or not.
  [[nodiscard]] std::size_t fixed_count(std::size_t width) {
    if (has_content()) return content().size() / width;
    in_.skip();
    return 1;
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
  /// Writes the field as it is.
  /// @tparam Writer `protozero::pbf_writer`
  template <class Writer>
  void copy_to(Writer& to) {
    const std::uint32_t tag = in_.tag();  // forgotten when the field is read
    switch (in_.wire_type()) {
      case protozero::pbf_wire_type::varint:
        return to.add_uint64(tag, in_.get_uint64());
      case protozero::pbf_wire_type::fixed64:
        return to.add_fixed64(tag, in_.get_fixed64());
      case protozero::pbf_wire_type::fixed32:
        return to.add_fixed32(tag, in_.get_fixed32());
      default:
        const std::string_view bytes = content();
        return to.add_bytes(tag, bytes.data(), bytes.size());
    }
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

/// An entry of a map of texts: StringStringEntryProto { key 1, value 2 }.
struct protobuf_text_entry {
  std::string key;
  std::string value;

  explicit protobuf_text_entry(protobuf_message entry) {
    while (entry.next()) {
      if (entry.tag() == 1) {
        key = entry.text();
      } else if (entry.tag() == 2) {
        value = entry.text();
      } else {
        entry.skip();
      }
    }
  }
};

/// Reads a protocol buffers file. What protozero throws becomes a `parse_error` that names the file.
template <class Read>
void read_protobuf(const file_bytes& file, Read&& read) {
  try {
    std::forward<Read>(read)(protobuf_message{file});
  } catch (const protozero::end_of_buffer_exception&) {
    throw parse_error{file.name, 0, "a whole ONNX model",
                      "one that ends within a field (cut off, or another format)"};
  } catch (const protozero::exception& thrown) {
    throw parse_error{file.name, 0, "an ONNX model",
                      std::string{"another format (protocol buffers: "} + thrown.what() + ")"};
  }
}

}  // namespace mll::detail
