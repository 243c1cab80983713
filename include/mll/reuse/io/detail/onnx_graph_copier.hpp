// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/model/onnx/engines/detail/protobuf_message.hpp"
#include "mll/reuse/io/detail/onnx_graph_writer.hpp"

namespace mll::detail {

/// Versions that an ONNX file asks for.
struct onnx_versions {
  std::uint64_t format = 0;     ///< `ir_version`
  std::uint64_t operators = 0;  ///< of the standard operators
};

/// Throws: `parse_error` naming the file if it uses operators of another domain, or asks for no version.
[[nodiscard]] inline onnx_versions versions_of(const file_bytes& file) {
  onnx_versions out;
  read_protobuf(file, [&](protobuf_message model) {
    while (model.next()) {
      if (model.tag() == 1) {
        out.format = model.number();
      } else if (model.tag() == 8 && model.has_content()) {
        protobuf_message set = model.message();
        std::string_view domain;
        std::uint64_t version = 0;
        while (set.next()) {
          if (set.tag() == 1) {
            domain = set.text();
          } else if (set.tag() == 2) {
            version = set.number();
          } else {
            set.skip();
          }
        }
        if (domain.empty() || domain == "ai.onnx") out.operators = version;
      } else {
        model.skip();
      }
    }
  });
  if (out.operators == 0) throw parse_error{file.name, 0, "a version of the standard operators", "none"};
  return out;
}

/// Copies the graph of an ONNX file into another one: all names get a prefix, and the input becomes a value
/// of the other graph.
class onnx_graph_copier {
 public:
  /// @param[in] file   was read as `onnx_header` before: it is well-formed
  /// @param[in] target version of the standard operators in the other graph
  onnx_graph_copier(const file_bytes& file, std::uint64_t own_version, std::uint64_t target,
                    std::string prefix, std::string input, std::string replacement)
      : file_{&file},
        own_{own_version},
        target_{target},
        prefix_{std::move(prefix)},
        input_{std::move(input)},
        replacement_{std::move(replacement)} {}

  [[nodiscard]] std::string renamed(std::string_view name) const {
    if (name.empty()) return {};  // an optional input that is left out
    return name == input_ ? replacement_ : prefix_ + std::string{name};
  }

  /// Throws: `model_error` naming the file if an operator means something else in the version of the other
  /// graph, is of another domain, or weights are in another file or sparse.
  void copy_into(onnx_graph_writer& to) const {
    read_protobuf(*file_, [&](protobuf_message model) {
      while (model.next()) {
        if (model.tag() == 7) {
          graph(model.message(), to.message(), false);
        } else {
          model.skip();
        }
      }
    });
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw model_error{file_->name, "cannot be exported: " + why};
  }

  // GraphProto. Inputs and outputs belong to the other graph, unless it is the graph of a loop or branch.
  void graph(protobuf_message from, protozero::pbf_writer& to, bool is_inner) const {
    while (from.next()) {
      switch (from.tag()) {
        case 1: {
          protozero::pbf_writer node_to{to, 1};
          node(from.message(), node_to);
          break;
        }
        case 5: {
          protozero::pbf_writer tensor_to{to, 5};
          tensor(from.message(), tensor_to);
          break;
        }
        case 15:
          refuse("its weights are sparse");
        case 11:
        case 12:
          if (is_inner) {
            protozero::pbf_writer value_to{to, from.tag()};
            value(from.message(), value_to);
          } else {
            from.skip();
          }
          break;
        case 2:
          if (is_inner) {
            from.copy_to(to);
          } else {
            from.skip();
          }
          break;
        default:  // texts, and types of values, which can be inferred
          from.skip();
      }
    }
  }

  void node(protobuf_message from, protozero::pbf_writer& to) const {
    while (from.next()) {
      switch (from.tag()) {
        case 1:
        case 2: {
          const auto tag = from.tag();
          to.add_string(tag, renamed(from.text()));
          break;
        }
        case 3:
          to.add_string(3, prefix_ + std::string{from.text()});
          break;
        case 4: {
          const std::string type{from.text()};
          check_operator(type);
          to.add_string(4, type);
          break;
        }
        case 5: {
          protozero::pbf_writer attribute_to{to, 5};
          attribute(from.message(), attribute_to);
          break;
        }
        case 7: {
          const std::string domain{from.text()};
          if (!domain.empty() && domain != "ai.onnx") refuse("operators of domain '" + domain + "'");
          break;
        }
        default:
          from.copy_to(to);
      }
    }
  }

  void attribute(protobuf_message from, protozero::pbf_writer& to) const {
    while (from.next()) {
      if (from.tag() == 6 || from.tag() == 11) {  // a graph, graphs
        protozero::pbf_writer inner{to, from.tag()};
        graph(from.message(), inner, true);
      } else {
        from.copy_to(to);
      }
    }
  }

  void tensor(protobuf_message from, protozero::pbf_writer& to) const {
    while (from.next()) {
      if (from.tag() == 8) {
        to.add_string(8, renamed(from.text()));
      } else if (from.tag() == 13) {
        refuse("its weights are in another file");
      } else {
        from.copy_to(to);
      }
    }
  }

  void value(protobuf_message from, protozero::pbf_writer& to) const {
    while (from.next()) {
      if (from.tag() == 1) {
        to.add_string(1, renamed(from.text()));
      } else {
        from.copy_to(to);
      }
    }
  }

  // Operators whose attributes became inputs, or whose defaults changed, after version 11.
  void check_operator(std::string_view type) const {
    struct change {
      std::string_view type;
      std::uint64_t version;
    };
    static constexpr std::array<change, 21> changes{{
        {"Dropout", 12},
        {"Softmax", 13},
        {"LogSoftmax", 13},
        {"Hardmax", 13},
        {"Squeeze", 13},
        {"Unsqueeze", 13},
        {"ReduceSum", 13},
        {"Split", 13},
        {"Split", 18},
        {"ReduceMean", 18},
        {"ReduceMax", 18},
        {"ReduceMin", 18},
        {"ReduceProd", 18},
        {"ReduceL1", 18},
        {"ReduceL2", 18},
        {"ReduceLogSum", 18},
        {"ReduceLogSumExp", 18},
        {"ReduceSumSquare", 18},
        {"GridSample", 20},
        {"DFT", 20},
        {"GroupNormalization", 21},
    }};
    for (const change& each : changes) {
      if (each.type == type && own_ < each.version && each.version <= target_)
        refuse("it uses version " + std::to_string(own_) + " of the operators, another expert version " +
               std::to_string(target_) + ", and " + std::string{type} +
               " changed between them; export the experts with one version");
    }
  }

  const file_bytes* file_;
  std::uint64_t own_;
  std::uint64_t target_;
  std::string prefix_;
  std::string input_;
  std::string replacement_;
};

}  // namespace mll::detail
