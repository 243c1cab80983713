// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A general model of two small networks, whose embeddings can be worked out by hand.
#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mll/embed/sentences/detail/bpe_words.hpp"
#include "support/tiny_onnx.hpp"

namespace mll::test {

inline constexpr std::size_t pair_tokens = 6;  // of a text

/// `output = weights * ids + bias`, for ids `[batch, 6]`.
inline std::string text_encoder(const std::vector<std::vector<float>>& weights) {
  protobuf_writer graph;
  protobuf_writer cast = onnx_node({"input_ids"}, "numbers", "Cast");
  add_number(cast, "to", 1);
  graph.message(1, cast);
  protobuf_writer gemm = onnx_node({"numbers", "weights"}, "text_embeds", "Gemm");
  add_number(gemm, "transB", 1);
  graph.message(1, gemm).text(2, "tiny");
  graph.message(5, onnx_tensor("weights", {weights.size(), pair_tokens}, flattened(weights)));
  graph.message(11, value_info("input_ids", {0, pair_tokens}, 7));
  graph.message(12, value_info("text_embeds", {0, weights.size()}, 1));
  protobuf_writer model;
  model.number(1, 6).message(7, graph);
  return model.message(8, protobuf_writer{}.text(1, "").number(2, 11)).bytes;
}

inline void write_text(const std::filesystem::path& file, const std::string& content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << content;
}

/// The weights of a text of bytes only: `<start> bytes... <end> padding`.
struct small_pair {
  std::vector<std::vector<float>> text_weights{{0, 1, 0, 0, 0, 0}, {0, 0, 1, -1, 0.5F, 0}};
  tiny_onnx image{.weights = {std::vector<float>(12, 0.25F), {1, -1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
                  .bias = {0.5F, 0.25F}};

  static std::string tokenizer() {
    nlohmann::json vocabulary;
    std::size_t next = 0;
    for (const char* ending : {"", "</w>"}) {
      for (const auto& each : detail::characters_of_bytes()) vocabulary[each + ending] = next++;
    }
    vocabulary["<|startoftext|>"] = next++;
    vocabulary["<|endoftext|>"] = next++;
    return vocabulary.dump();
  }
  void write(const std::filesystem::path& folder, const char* image_name, const char* text_name) const {
    write_text(folder / image_name, image.bytes());
    write_text(folder / text_name, text_encoder(text_weights));
    write_text(folder / "vocab.json", tokenizer());
    write_text(folder / "merges.txt", "");
  }
  /// The unit vector of a text of single-letter words, worked out by hand.
  [[nodiscard]] std::vector<double> embed(const std::string& letters) const {
    std::vector<double> ids{512};
    for (const char each : letters) ids.push_back(256.0 + static_cast<unsigned char>(each));
    ids.resize(pair_tokens, 513);
    std::vector<double> out;
    double squares = 0;
    for (const auto& row : text_weights) {
      double sum = 0;
      for (std::size_t i = 0; i < pair_tokens; ++i) sum += static_cast<double>(row[i]) * ids[i];
      out.push_back(sum);
      squares += sum * sum;
    }
    for (double& value : out) value /= std::sqrt(squares);
    return out;
  }
};

}  // namespace mll::test
