// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// ONNX files that turn tokens into vectors which can be worked out by hand.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "support/tiny_onnx.hpp"

namespace mll::test {

/// `vector of token t = table[input_ids[t]] + kinds[token_type_ids[t]]`.
struct tiny_sentence_onnx {
  std::vector<std::vector<float>> table = {};
  std::vector<std::vector<float>> kinds = {};  ///< empty: no input `token_type_ids`
  std::string ids = "input_ids";
  std::string mask = "attention_mask";
  std::string output = "last_hidden_state";
  std::size_t ids_type = 7;  ///< 64-bit integers; 6: 32-bit
  bool first_only = false;   ///< one vector per text: that of its first token

  [[nodiscard]] std::string bytes() const {
    const auto matrix = [](const std::string& name, const std::vector<std::vector<float>>& rows) {
      return onnx_tensor(name, {rows.size(), rows.front().size()}, flattened(rows));
    };

    protobuf_writer graph;
    std::string last = kinds.empty() && !first_only ? output : "words";
    graph.message(1, onnx_node({"table", ids}, last, "Gather"));
    if (!kinds.empty()) {
      graph.message(1, onnx_node({"kinds", "token_type_ids"}, "kind", "Gather"));
      graph.message(1, onnx_node({last, "kind"}, first_only ? "sum" : output, "Add"));
      last = "sum";
    }
    if (first_only) {
      protobuf_writer axis;
      axis.text(1, "axis").number(3, 1).number(20, 2);
      graph.message(1, onnx_node({last, "zero"}, output, "Gather").message(5, axis));
    }
    graph.text(2, "tiny").message(5, matrix("table", table));
    if (!kinds.empty()) graph.message(5, matrix("kinds", kinds));
    if (first_only) {
      graph.message(5, protobuf_writer{}.number(2, 7).text(8, "zero").text(9, std::string(8, '\0')));
    }
    graph.message(11, value_info(ids, {0, 0}, ids_type));
    if (!mask.empty()) graph.message(11, value_info(mask, {0, 0}, 7));
    if (!kinds.empty()) graph.message(11, value_info("token_type_ids", {0, 0}, 7));
    const std::size_t width = table.front().size();
    graph.message(
        12, value_info(
                output,
                first_only ? std::vector<std::size_t>{0, width} : std::vector<std::size_t>{0, 0, width}, 1));
    protobuf_writer model;
    model.number(1, 6).text(2, "mll tests").message(7, graph);
    return model.message(8, protobuf_writer{}.text(1, "").number(2, 13)).bytes;
  }

  void write(const std::filesystem::path& file) const { tiny_onnx::write_bytes(file, bytes()); }
};

}  // namespace mll::test
