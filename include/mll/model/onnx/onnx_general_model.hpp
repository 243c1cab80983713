// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/onnx/detail/inputs/image_input.hpp"
#include "mll/model/onnx/detail/onnx_network.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll {

/// A general model whose image side is an ONNX file, and whose text side is an embedder into
/// the same space: a text network, or a table of precomputed embeddings. Component `mll::opencv`.
///
/// Images, loading and threads as for `onnx_classifier`. Copies are cheap. A damaged file can crash an
/// engine: see `prove_onnx_general_model`.
///
/// @code
/// const mll::onnx_general_model clip{"clip_image.onnx",
///                                    mll::read_embedding_table("texts.npy", "texts.txt")};
/// @endcode
///
/// @tparam Texts the text side
template <text_embedder Texts>
class onnx_general_model {
 public:
  using sample_type = cv::Mat;

  /// @param[in] file    the ONNX file: one float32 input of images, one output `[batch, texts.dimension()]`
  /// @param[in] texts   the text side
  /// @param[in] options input of the network; `output` is ignored
  /// @param[in] cache   holds the loaded network; null: `onnx_session_cache::shared()`
  /// @param[in] scale   factor of the cosines before a softmax, `exp(logit_scale)` of CLIP; empty: unknown
  ///
  /// Throws: as the constructor of `onnx_classifier`; `invalid_argument` if the file declares a width other
  /// than `texts.dimension()`.
  onnx_general_model(const std::filesystem::path& file, Texts texts, const onnx_options& options = {},
                     std::shared_ptr<onnx_session_cache> cache = nullptr, std::optional<float> scale = {})
      : self_{std::make_shared<const state>(file, std::move(texts), without_activation(options),
                                            std::move(cache))},
        scale_{scale} {
    const std::size_t declared = self_->network.declared_width();
    if (declared != 0 && declared != dimension()) {
      throw invalid_argument{
          "texts",
          "an embedder of dimension " + std::to_string(declared) + ", the output of '" + file.string() + "'",
          std::to_string(dimension())};
    }
  }

  [[nodiscard]] std::size_t dimension() const { return static_cast<std::size_t>(self_->texts.dimension()); }
  /// Factor of the cosines before a softmax; empty: unknown.
  [[nodiscard]] std::optional<float> scale() const noexcept { return scale_; }
  [[nodiscard]] const std::string& file() const noexcept { return self_->network.file(); }
  /// The text side.
  [[nodiscard]] const Texts& texts() const noexcept { return self_->texts; }
  [[nodiscard]] const onnx_options& options() const noexcept { return self_->network.options(); }

  /// Images to try the network on, each another one.
  [[nodiscard]] std::vector<cv::Mat> probe_samples(std::size_t count) const {
    return self_->network.probe_samples(count);
  }

  /// `[batch, dimension]`. Throws: `model_error` naming the file if it does not load or run,
  /// or its output is not `dimension()` wide; `invalid_argument` for a sample that is not an 8-bit image.
  [[nodiscard]] matrix<float> embed_samples(std::span<const cv::Mat> batch) const {
    matrix<float> out(static_cast<Eigen::Index>(batch.size()), static_cast<Eigen::Index>(dimension()));
    static_cast<void>(self_->network.run(batch, "dimension of the texts", out));
    return out;
  }
  /// `[texts, dimension]`.
  [[nodiscard]] matrix<float> embed_texts(std::span<const std::string_view> texts) const {
    return self_->texts.embed(texts);
  }

 private:
  static onnx_options without_activation(onnx_options options) {
    options.output = activation::identity;
    return options;
  }

  struct state {
    state(const std::filesystem::path& file, Texts side, const onnx_options& options,
          std::shared_ptr<onnx_session_cache> cache)
        : texts{std::move(side)},
          network{file, options, static_cast<std::size_t>(texts.dimension()),
                  detail::onnx_input_of<cv::Mat>::engine(options), std::move(cache)} {}
    Texts texts;
    detail::onnx_network<detail::image_input> network;
  };
  std::shared_ptr<const state> self_;
  std::optional<float> scale_;
};

}  // namespace mll
