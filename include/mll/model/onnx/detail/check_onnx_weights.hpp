// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/detail/checked_product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/model/onnx/engines/detail/protobuf_message.hpp"

namespace mll::detail {

/// Where the weights of an ONNX file may be.
enum class onnx_weights {
  inside,  ///< in the file
  beside,  ///< or in another file of its folder ("external data")
};

/// Checks that the constants of an ONNX file are where they may be and as large as their shape says, and that
/// convolutions have groups: engines take this for granted, and divide by the groups. Looks into
/// initializers, attributes, nested graphs and functions.
class onnx_weight_check {
 public:
  /// @return the files beside it that hold weights, relative to its folder
  /// Throws: `parse_error` naming the file and the constant. Complexity: linear in the number of nodes and
  /// constants; values in raw bytes are skipped.
  static std::set<std::string> run(const file_bytes& file, onnx_weights allowed = onnx_weights::inside) {
    onnx_weight_check check{file, allowed};
    read_protobuf(file, [&](protobuf_message model) {  // ModelProto: graph 7, functions 25
      while (model.next()) {
        if (model.tag() == 7 && model.has_content()) {
          check.graph(model.message(), 0);
        } else if (model.tag() == 25 && model.has_content()) {
          check.function(model.message());
        } else {
          model.skip();
        }
      }
    });
    return std::move(check.beside_);
  }

 private:
  static constexpr std::size_t max_depth = 32;  // of graphs in graphs
  // How TensorProto stores values, by field number: float_data 4, int32_data 5, string_data 6, int64_data 7,
  // raw_data 9, double_data 10, uint64_data 11.
  struct data_type {
    std::uint64_t number;
    std::size_t bytes;    // of a value in raw_data; 0: texts, which are never raw
    std::uint32_t field;  // where its values are if not in raw_data
    std::size_t numbers;  // of that field per value
  };
  static constexpr std::array<data_type, 20> types = {
      {{1, 4, 4, 1},   {2, 1, 5, 1},   {3, 1, 5, 1},   {4, 2, 5, 1},  {5, 2, 5, 1},
       {6, 4, 5, 1},   {7, 8, 7, 1},   {8, 0, 6, 1},   {9, 1, 5, 1},  {10, 2, 5, 1},
       {11, 8, 10, 1}, {12, 4, 11, 1}, {13, 8, 11, 1}, {14, 8, 4, 2}, {15, 16, 10, 2},
       {16, 2, 5, 1},  {17, 1, 5, 1},  {18, 1, 5, 1},  {19, 1, 5, 1}, {20, 1, 5, 1}}};

  onnx_weight_check(const file_bytes& file, onnx_weights allowed) : file_{file}, allowed_{allowed} {}

  /// GraphProto: node 1, initializer 5, sparse initializer 15.
  void graph(protobuf_message in, std::size_t depth) {
    if (depth > max_depth) {
      throw parse_error{file_.name, 0, "graphs nested at most " + std::to_string(max_depth) + " deep",
                        "more"};
    }
    while (in.next()) {
      if (!in.has_content()) {
        in.skip();
      } else if (in.tag() == 1) {
        node(in.message(), depth);
      } else if (in.tag() == 5) {
        tensor(in.message());
      } else if (in.tag() == 15) {
        sparse_tensor(in.message());
      } else {
        in.skip();
      }
    }
  }
  /// FunctionProto: node 7.
  void function(protobuf_message in) {
    while (in.next()) {
      if (in.tag() == 7 && in.has_content()) {
        node(in.message(), 0);
      } else {
        in.skip();
      }
    }
  }
  /// NodeProto: type 4, attribute 5.
  void node(protobuf_message in, std::size_t depth) {
    std::string type;
    std::int64_t group = 1;
    while (in.next()) {
      if (in.tag() == 5 && in.has_content()) {
        attribute(in.message(), depth, group);
      } else if (in.tag() == 4) {
        type = in.text();
      } else {
        in.skip();
      }
    }
    if (group < 1 && type.find("Conv") != std::string::npos)
      throw parse_error{file_.name, 0, type + " with at least 1 group", std::to_string(group)};
  }
  /// AttributeProto: name 1, integer 3, tensor 5 and 10, graph 6 and 11, sparse tensor 22 and 23.
  void attribute(protobuf_message in, std::size_t depth, std::int64_t& group) {
    std::string name;
    std::int64_t value = 1;
    while (in.next()) {
      if (in.tag() == 3) {
        value = static_cast<std::int64_t>(in.number());
      } else if (!in.has_content()) {
        in.skip();
      } else if (in.tag() == 1) {
        name = in.text();
      } else if (in.tag() == 5 || in.tag() == 10) {
        tensor(in.message());
      } else if (in.tag() == 6 || in.tag() == 11) {
        graph(in.message(), depth + 1);
      } else if (in.tag() == 22 || in.tag() == 23) {
        sparse_tensor(in.message());
      } else {
        in.skip();
      }
    }
    if (name == "group") group = value;
  }
  /// SparseTensorProto: values 1, indices 2.
  void sparse_tensor(protobuf_message in) {
    while (in.next()) {
      if ((in.tag() == 1 || in.tag() == 2) && in.has_content()) {
        tensor(in.message());
      } else {
        in.skip();
      }
    }
  }

  /// TensorProto: dimensions 1, type 2, name 8, external data 13 { key 1, value 2 }, data location 14.
  void tensor(protobuf_message in) {
    std::vector<std::uint64_t> shape;
    std::uint64_t type = 0;
    std::string name;
    external_data outside;
    bool is_outside = false;
    std::optional<std::size_t> raw_bytes;
    std::array<std::size_t, 12> numbers{};  // by field
    while (in.next()) {
      const std::uint32_t tag = in.tag();
      if (tag == 1) {
        in.numbers([&](std::uint64_t value) { shape.push_back(value); });
      } else if (tag == 2) {
        type = in.number();
      } else if (tag == 8) {
        name = in.text();
      } else if (tag == 9) {
        raw_bytes = in.text().size();
      } else if (tag == 4 || tag == 10) {
        numbers[tag] += in.fixed_count(tag == 4 ? 4 : 8);
      } else if (tag == 5 || tag == 7 || tag == 11) {
        in.numbers([&](std::uint64_t) { ++numbers[tag]; });
      } else if (tag == 6) {
        ++numbers[tag];
        in.skip();
      } else if (tag == 13 && in.has_content()) {
        read_external(in.message(), outside);
      } else if (tag == 14) {
        is_outside = in.number() == 1;
      } else {
        in.skip();
      }
    }
    const std::string what = name.empty() ? "a constant" : "constant '" + name + "'";
    if (is_outside || !outside.location.empty()) return take_external(outside, what);
    const auto known =
        std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.number == type; });
    if (known == types.end()) return;  // packed or later types: the engine's business
    const auto count = value_count(shape, what);
    const bool is_raw = raw_bytes.has_value() && known->bytes != 0;
    const std::size_t unit = is_raw ? known->bytes : known->numbers;
    const std::size_t found = is_raw ? *raw_bytes : numbers[known->field];
    if (count > std::numeric_limits<std::size_t>::max() / 16 || found != count * unit) {
      throw parse_error{
          file_.name, 0, what + " of shape " + text(shape) + " to have " + std::to_string(count) + " values",
          std::to_string(found) + (is_raw ? " bytes of " + std::to_string(unit) + " per value" : "")};
    }
  }

  struct external_data {
    std::string location;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  static void read_external(protobuf_message entry, external_data& out) {
    const auto [key, value] = protobuf_text_entry{entry};
    const auto number = [&] {
      std::uint64_t found = std::numeric_limits<std::uint64_t>::max();  // not a number: beyond every file
      std::from_chars(value.data(), value.data() + value.size(), found);
      return found;
    };
    if (key == "location") {
      out.location = value;
    } else if (key == "offset") {
      out.offset = number();
    } else if (key == "length") {
      out.length = number();
    }
  }
  void take_external(const external_data& data, const std::string& what) {
    const std::string found = what + " in the file '" + data.location + "'";
    if (allowed_ == onnx_weights::inside) {
      throw parse_error{file_.name, 0, "all weights in one file",
                        found + " (save the model without external data)"};
    }
    const std::filesystem::path place{data.location};
    const bool climbs = std::find(place.begin(), place.end(), "..") != place.end();
    if (place.empty() || place.is_absolute() || climbs)
      throw parse_error{file_.name, 0, "weights in files of its own folder", found};
    std::error_code problem;
    const auto size =
        std::filesystem::file_size(std::filesystem::path{file_.name}.parent_path() / place, problem);
    if (problem) throw parse_error{file_.name, 0, found, problem.message()};
    if (data.offset > size || data.length > size - data.offset) {
      throw parse_error{
          file_.name, 0,
          found + " from byte " + std::to_string(data.offset) + ", " + std::to_string(data.length) + " bytes",
          "a file of " + std::to_string(size) + " bytes"};
    }
    beside_.insert(data.location);
  }

  [[nodiscard]] std::size_t value_count(const std::vector<std::uint64_t>& shape,
                                        const std::string& what) const {
    const std::vector<std::size_t> extents(shape.begin(), shape.end());
    // A negative extent is beyond 2^63 here.
    const bool in_range =
        std::all_of(shape.begin(), shape.end(), [](auto e) { return e < (std::uint64_t{1} << 31U); });
    const auto count = checked_product(extents);
    if (!in_range || !count) {
      throw parse_error{file_.name, 0, what + " with extents from 0 to 2^31", text(shape)};
    }
    return *count;
  }
  [[nodiscard]] static std::string text(const std::vector<std::uint64_t>& shape) {
    std::string out = "[";
    for (std::size_t i = 0; i < shape.size() && i < 8; ++i)
      out += (i == 0 ? "" : ", ") + std::to_string(static_cast<std::int64_t>(shape[i]));
    return out + (shape.size() > 8 ? ", ...]" : "]");
  }

  const file_bytes& file_;
  onnx_weights allowed_;
  std::set<std::string> beside_;
};

}  // namespace mll::detail
