// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/random.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/embed/sentences/text_tokenizer.hpp"
#include "mll/model/onnx/engines/detail/choose_output.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/onnx_description.hpp"
#include "mll/model/onnx/onnx_options.hpp"

namespace mll::detail {

/// The input of a network that takes texts: strings `[batch]` or `[batch, 1]`; or token ids `[batch, tokens]`
/// with an attention mask, and token types and positions where the network asks for them.
class text_input {
 public:
  using sample_type = std::string;

  /// Throws: `model_error` for other inputs; `invalid_argument` without the tokenizer that token ids need;
  /// what reading it throws.
  text_input(const std::string& file, const onnx_header& header, onnx_options& options) {
    const auto& inputs = header.inputs;
    if (inputs.empty()) throw model_error{file, "expected an input, found none"};
    const auto type = [&](const onnx_tensor& each) { return static_cast<onnx_element>(each.element_type); };
    if (inputs.size() == 1 && type(inputs.front()) == onnx_element::string) {
      const auto& shape = inputs.front().shape;
      if (shape.empty() || shape.size() > 2 || (shape.size() == 2 && shape[1] > 1)) {
        throw model_error{file, "expected an input of strings [batch] or [batch, 1], found " +
                                    std::to_string(shape.size()) + " dimensions"};
      }
      parts_.push_back({inputs.front(), role::text});
    } else {
      read_token_inputs(file, header, options);
    }
    for (const auto& each : parts_) {
      if (each.tensor.shape.front() != 0) fixed_batch_ = each.tensor.shape.front();
    }
  }

  [[nodiscard]] onnx_input_kind kind() const noexcept {
    return tokenizer_ ? onnx_input_kind::tokens : onnx_input_kind::text;
  }
  [[nodiscard]] std::size_t fixed_batch() const noexcept { return fixed_batch_; }
  [[nodiscard]] static std::size_t usual_batch() noexcept { return usual_onnx_batch; }
  /// Without a mask, padding to the longest text would change the scores of the shorter texts of a batch.
  [[nodiscard]] std::size_t max_batch() const noexcept {
    return tokenizer_ && !has_mask_ && length_ == 0 ? 1 : std::numeric_limits<std::size_t>::max();
  }

  /// As `image_input`. Throws: `invalid_argument` naming a sample that is not UTF-8.
  void write(std::span<const std::string> samples, std::size_t first, std::size_t rows,
             std::vector<onnx_array>& out) const {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (!is_valid_utf8(samples[i]))
        throw invalid_argument{"batch[" + std::to_string(first + i) + "]", "UTF-8", "other bytes"};
    }
    out.resize(parts_.size());
    std::vector<std::vector<std::int32_t>> ids(tokenizer_ ? rows : 0);
    std::size_t length = length_;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      ids[i] = tokenizer_->encode(i < samples.size() ? samples[i] : std::string_view{});
      if (length_ == 0) length = std::max(length, ids[i].size());
    }
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      onnx_array& array = out[p];
      array.name = parts_[p].tensor.name;
      const auto type = static_cast<onnx_element>(parts_[p].tensor.element_type);
      if (parts_[p].is == role::text) {
        std::vector<std::size_t> shape(parts_[p].tensor.shape.size(), 1);
        shape.front() = rows;
        array.reset(type, std::move(shape));
        std::copy(samples.begin(), samples.end(), array.texts.begin());
        continue;
      }
      array.reset(type, {rows, length});
      std::vector<std::int32_t> row(length);
      for (std::size_t i = 0; i < rows; ++i) {
        fill(parts_[p].is, ids[i], row);
        array.write<std::int32_t>(i * length, row);
      }
    }
  }

  [[nodiscard]] static bool has_probe() noexcept { return true; }
  /// Texts of different lengths, of frequent English words.
  [[nodiscard]] static std::vector<std::string> probe_samples(std::size_t count) {
    static constexpr std::string_view words[] = {"the", "a",    "good",   "bad",  "cat",   "dog", "house",
                                                 "red", "runs", "people", "time", "never", "1",   "!"};
    random_engine engine{1};
    std::vector<std::string> out(count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t w = 0; w < 1 + i % 7; ++w)
        out[i] += (w == 0 ? "" : " ") + std::string{words[engine() % std::size(words)]};
    }
    return out;
  }

 private:
  enum class role { text, ids, mask, zeros, positions };
  struct part {
    onnx_tensor tensor;
    role is;
  };

  void fill(role is, const std::vector<std::int32_t>& ids, std::vector<std::int32_t>& row) const {
    for (std::size_t t = 0; t < row.size(); ++t) {
      const bool is_token = t < ids.size();
      row[t] = is == role::ids         ? (is_token ? ids[t] : tokenizer_->padding_id())
               : is == role::mask      ? static_cast<std::int32_t>(is_token)
               : is == role::positions ? static_cast<std::int32_t>(t)
                                       : 0;
    }
  }

  void read_token_inputs(const std::string& file, const onnx_header& header, const onnx_options& options) {
    std::size_t id_inputs = 0;
    for (const auto& each : header.inputs) {
      const auto type = static_cast<onnx_element>(each.element_type);
      const std::string name = fold_case(each.name);
      const auto has = [&](std::string_view text) { return name.find(text) != std::string::npos; };
      const bool is_integer = type == onnx_element::int64 || type == onnx_element::int32;
      const bool is_mask = has("mask");
      if (!(is_integer || (is_mask && is_number(type))) || each.shape.size() != 2) {
        throw model_error{file, "expected strings, or token ids [batch, tokens] with a mask, found " +
                                    to_string(type) + " with " + std::to_string(each.shape.size()) +
                                    " dimensions for '" + each.name + "'"};
      }
      role is = is_mask           ? role::mask
                : has("position") ? role::positions
                : has("type")     ? role::zeros
                : has("segment")  ? role::zeros
                                  : role::ids;
      if (!options.input_name.empty() && options.input_name == each.name) is = role::ids;
      has_mask_ = has_mask_ || is == role::mask;
      id_inputs += static_cast<std::size_t>(is == role::ids);
      if (each.shape[1] != 0) length_ = each.shape[1];
      parts_.push_back({each, is});
    }
    if (id_inputs != 1) {
      throw model_error{file, "expected 1 input of token ids, found " + std::to_string(id_inputs) + " of " +
                                  count_and_names(header.inputs)};
    }
    if (options.tokenizer.empty()) {
      throw invalid_argument{
          "options.tokenizer",
          "tokenizer.json, vocab.json or vocab.txt, because '" + file + "' takes token ids", "none"};
    }
    if (length_ == 1 || length_ == 2)
      throw model_error{file, "expected at least 3 tokens per text, found " + std::to_string(length_)};
    tokenizer_ = std::make_shared<const text_tokenizer>(
        text_tokenizer::read(options.tokenizer, length_ != 0 ? length_ : options.max_tokens));
    if (length_ == 0) length_ = tokenizer_->fixed_length();
  }

  std::vector<part> parts_;
  std::shared_ptr<const text_tokenizer> tokenizer_;
  std::size_t length_ = 0;  // tokens per text; 0: as the longest of a batch
  std::size_t fixed_batch_ = 0;
  bool has_mask_ = false;
};

}  // namespace mll::detail
