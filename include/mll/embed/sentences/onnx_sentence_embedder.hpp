// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/detail/tokenize.hpp"
#include "mll/embed/sentences/detail/sentence_network.hpp"
#include "mll/embed/sentences/wordpiece_tokenizer.hpp"
#include "mll/embed/text_embedder.hpp"

namespace mll {

/// How the vectors of a text's tokens are combined.
enum class token_pooling {
  mean,  ///< of all tokens, including `[CLS]` and `[SEP]`
  first  ///< the vector of `[CLS]`
};

/// Options of `onnx_sentence_embedder`.
struct onnx_sentence_options {
  token_pooling pooling = token_pooling::mean;  ///< ignored if the network returns a vector per text
  std::string output = {};                      ///< by default `sentence_embedding`, `last_hidden_state`,
                            ///< `token_embeddings` or `text_embeds`, in this order; any other
                            ///< must be named, as a classifier's output looks the same
  std::size_t batch_size = 32;  ///< texts per batch, at least 1
  std::size_t threads = 0;      ///< threads of the network; 0: all cores
};

/// A sentence transformer (Reimers and Gurevych 2019) in an ONNX file, run by OpenVINO: BERT and its
/// relatives with a vocabulary of word pieces, with the inputs `input_ids`, `attention_mask` and optionally
/// `token_type_ids`. Component `mll::openvino`.
///
/// Batches consist of texts of similar length, to keep padding small. Copies are cheap and share the network.
/// Slow: wrap it in a `cached_embedder`.
///
/// Threads: `embed` may be called concurrently; each call has a session of its own.
/// Determinism: in single precision; the same call gives the same bits. The other texts of a call change a
/// number by less than 1e-5.
class onnx_sentence_embedder {
 public:
  /// @param[in] file      the ONNX file
  /// @param[in] tokenizer that of the model; its `max_tokens` must not exceed the positions of the model
  ///
  /// Throws: `parse_error` naming the file if it is missing or not an ONNX file; `model_error` for other
  /// inputs or outputs; `invalid_argument` for a tokenizer with more tokens than the model, and a batch size
  /// of 0.
  onnx_sentence_embedder(const std::filesystem::path& file, wordpiece_tokenizer tokenizer,
                         const onnx_sentence_options& options = {})
      : options_{options} {
    if (options.batch_size == 0) throw invalid_argument{"batch_size", "at least 1", "0"};
    self_ =
        std::make_shared<const state>(state{{file, options.output, options.threads}, std::move(tokenizer)});
    const std::size_t known = self_->network.vocabulary_size();
    const std::size_t tokens = self_->tokenizer.vocabulary_size();
    if (known != 0 && tokens > known) {
      throw invalid_argument{"tokenizer",
                             "at most " + std::to_string(known) + " tokens, like '" + file.string() + "'",
                             std::to_string(tokens)};
    }
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return self_->network.dimension(); }
  [[nodiscard]] const wordpiece_tokenizer& tokenizer() const noexcept { return self_->tokenizer; }

  /// @param[in] texts UTF-8; cut off after the tokenizer's `max_tokens`
  /// @return `[texts.size(), dimension()]`, rows of unit length
  ///
  /// Throws: `invalid_argument` for a text that is not UTF-8; `model_error` if the network fails or returns
  /// numbers that are not finite.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    matrix<float> out(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dimension()));
    if (texts.empty()) return out;
    std::vector<std::vector<std::int32_t>> tokens(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      detail::require_utf8(texts[i], i);
      tokens[i] = self_->tokenizer.encode(texts[i]);
    }
    std::vector<std::size_t> order(texts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return tokens[a].size() < tokens[b].size(); });

    ov::InferRequest session = self_->network.session();
    for (std::size_t first = 0; first < order.size(); first += options_.batch_size) {
      const auto some = std::span{order}.subspan(first, std::min(options_.batch_size, order.size() - first));
      const detail::token_batch batch = fill(tokens, some);
      pool(batch, self_->network.run(session, batch), some, out);
    }
    return out;
  }

 private:
  struct state {
    detail::sentence_network network;
    wordpiece_tokenizer tokenizer;
  };

  [[nodiscard]] detail::token_batch fill(const std::vector<std::vector<std::int32_t>>& tokens,
                                         std::span<const std::size_t> some) const {
    detail::token_batch batch{some.size(), tokens[some.back()].size(), {}, {}};  // the last is the longest
    batch.ids.assign(batch.texts * batch.length, self_->tokenizer.padding_id());
    batch.mask.assign(batch.texts * batch.length, 0);
    for (std::size_t r = 0; r < some.size(); ++r) {
      const auto& text = tokens[some[r]];
      const auto begin = static_cast<std::ptrdiff_t>(r * batch.length);
      std::copy(text.begin(), text.end(), batch.ids.begin() + begin);
      std::fill_n(batch.mask.begin() + begin, text.size(), 1);
    }
    return batch;
  }

  void pool(const detail::token_batch& batch, const float* vectors, std::span<const std::size_t> some,
            matrix<float>& out) const {
    const std::size_t dim = dimension();
    const bool per_token = self_->network.per_token();
    std::vector<double> sum(dim);
    for (std::size_t r = 0; r < some.size(); ++r) {
      std::fill(sum.begin(), sum.end(), 0.0);
      const float* of_text = vectors + r * dim * (per_token ? batch.length : 1);
      const std::size_t last = per_token && options_.pooling == token_pooling::mean ? batch.length : 1;
      // The result is scaled to unit length, so the sum serves as the mean.
      for (std::size_t t = 0; t < last; ++t) {
        if (batch.mask[r * batch.length + t] == 0) continue;
        for (std::size_t d = 0; d < dim; ++d) sum[d] += static_cast<double>(of_text[t * dim + d]);
      }
      if (!std::all_of(sum.begin(), sum.end(), [](double value) { return std::isfinite(value); })) {
        self_->network.fail("expected finite numbers, found others for text " + std::to_string(some[r]));
      }
      detail::write_unit_row(sum, out.row(static_cast<Eigen::Index>(some[r])).data());
    }
  }

  onnx_sentence_options options_;
  std::shared_ptr<const state> self_;
};

static_assert(text_embedder<onnx_sentence_embedder>);

}  // namespace mll
