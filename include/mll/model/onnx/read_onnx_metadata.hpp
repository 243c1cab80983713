// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/engines/detail/protobuf_message.hpp"

namespace mll {

/// What exporters write into an ONNX file about the model.
struct onnx_metadata {
  std::map<std::string, std::string, std::less<>> properties = {};  ///< `metadata_props`
  /// The classes of a scikit-learn, LightGBM or XGBoost model, in the order of its outputs; empty if unknown.
  std::vector<std::string> class_labels = {};
};

namespace detail {

/// AttributeProto: name 1, ints 8, strings 9.
inline void read_class_labels(protobuf_message attribute, std::vector<std::string>& out) {
  std::string_view name;
  std::vector<std::string> found;
  while (attribute.next()) {
    if (attribute.tag() == 1) {
      name = attribute.text();
    } else if (attribute.tag() == 8) {
      attribute.numbers(
          [&](std::uint64_t value) { found.push_back(std::to_string(static_cast<std::int64_t>(value))); });
    } else if (attribute.tag() == 9) {
      found.emplace_back(attribute.text());
    } else {
      attribute.skip();
    }
  }
  if (name.starts_with("classlabels_") && !found.empty()) out = std::move(found);
}

/// GraphProto: node 1 { attribute 5 }, initializer 5 { string data 6, int64 data 7, name 8 }. skl2onnx keeps
/// the classes of some models in a tensor called "classes".
inline void read_class_labels_of_graph(protobuf_message graph, std::vector<std::string>& out) {
  while (graph.next()) {
    if (!graph.has_content() || (graph.tag() != 1 && graph.tag() != 5)) {
      graph.skip();
      continue;
    }
    const bool is_node = graph.tag() == 1;
    protobuf_message part = graph.message();
    std::string_view name;
    std::vector<std::string> values;
    while (part.next()) {
      if (is_node && part.tag() == 5 && part.has_content()) {
        read_class_labels(part.message(), out);
      } else if (!is_node && part.tag() == 8) {
        name = part.text();
      } else if (!is_node && part.tag() == 6) {
        values.emplace_back(part.text());
      } else {
        part.skip();
      }
    }
    if (name == "classes" && !values.empty() && out.empty()) out = std::move(values);
  }
}

}  // namespace detail

/// Reads the metadata of an ONNX file: ModelProto { graph 7, metadata_props 14 { key 1, value 2 } }.
/// Component `mll::opencv`. Throws: `parse_error` naming the file if it is missing, cut off, or in another
/// format. Complexity: as for reading its header; values of weights are skipped.
[[nodiscard]] inline onnx_metadata read_onnx_metadata(const std::filesystem::path& path) {
  onnx_metadata out;
  const detail::file_bytes file = detail::map_onnx(path);
  detail::read_protobuf(file, [&](detail::protobuf_message model) {
    while (model.next()) {
      if (model.tag() == 7 && model.has_content()) {
        detail::read_class_labels_of_graph(model.message(), out.class_labels);
      } else if (model.tag() == 14 && model.has_content()) {
        detail::protobuf_text_entry property{model.message()};
        out.properties.insert_or_assign(std::move(property.key), std::move(property.value));
      } else {
        model.skip();
      }
    }
  });
  return out;
}

}  // namespace mll
