// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>

#include "mll/core/io/file_bytes.hpp"
#include "mll/model/onnx/engines/detail/protobuf_message.hpp"

namespace mll::detail {

/// Copies a message; `change(tag, content)` may return another content for a text or message.
template <class Change>
std::string copy_protobuf(std::string_view message, const Change& change) {
  std::string out;
  protozero::pbf_reader in{message.data(), message.size()};
  for (const char* begin = message.data(); in.next();) {
    const protozero::pbf_tag_type tag = in.tag();  // forgotten when the field is read
    std::optional<std::string> changed;
    if (in.has_wire_type(protozero::pbf_wire_type::length_delimited)) {
      const protozero::data_view content = in.get_view();
      changed = change(tag, std::string_view{content.data(), content.size()});
    } else {
      in.skip();
    }
    const char* end = in.data().data();
    if (changed) {
      protozero::pbf_writer{out}.add_message(tag, *changed);
    } else {
      out.append(begin, end);
    }
    begin = end;
  }
  return out;
}

/// An ONNX file whose `StringNormalizer` operators name no locale, with the locale "C.UTF-8" there: the
/// default of ONNX Runtime, "en_US.UTF-8", is missing on small systems. Both fold the case of all letters.
/// Throws: `parse_error` if it is not an ONNX file. Complexity: copies the file.
[[nodiscard]] inline std::string with_plain_locale(const file_bytes& file) {
  // ModelProto: graph 7. GraphProto: node 1. NodeProto: type 4, attribute 5. AttributeProto: name 1, text 4,
  // type 20.
  std::string out;
  read_protobuf(file, [&](const protobuf_message&) {
    out = copy_protobuf(file.content, [](auto tag, std::string_view graph) -> std::optional<std::string> {
      if (tag != 7) return std::nullopt;
      return copy_protobuf(graph, [](auto part, std::string_view node) -> std::optional<std::string> {
        if (part != 1) return std::nullopt;
        bool folds = false;
        bool has_locale = false;
        std::string copied =
            copy_protobuf(node, [&](auto field, std::string_view content) -> std::optional<std::string> {
              folds = folds || (field == 4 && content == "StringNormalizer");
              has_locale = has_locale || (field == 5 && content.find("locale") != std::string_view::npos);
              return std::nullopt;
            });
        if (!folds || has_locale) return std::nullopt;
        std::string attribute;
        protozero::pbf_writer writer{attribute};
        writer.add_string(1, "locale");
        writer.add_string(4, "C.UTF-8");
        writer.add_enum(20, 3);
        protozero::pbf_writer{copied}.add_message(5, attribute);
        return copied;
      });
    });
  });
  return out;
}

}  // namespace mll::detail
