// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/general/detail/embedding_output.hpp"
#include "mll/model/onnx/detail/inputs/text_input.hpp"
#include "mll/model/onnx/detail/onnx_network.hpp"
#include "mll/model/onnx/detail/onnxruntime_only.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll {

/// A text encoder in an ONNX file, such as CLIP's: token ids, perhaps with a mask, to one vector per text.
/// Component `mll::onnxruntime`. Loading and threads as for `onnx_classifier`; copies are cheap.
///
/// @code
/// const mll::onnx_text_embedder texts{"clip/onnx/text_model.onnx", {.tokenizer = "clip/tokenizer.json"}};
/// @endcode
class onnx_text_embedder {
 public:
  /// @param[in] file      the ONNX file
  /// @param[in] options   `tokenizer`; `output_name`, by default `text_embeds` or the only output `[batch,
  /// dim]`
  /// @param[in] dimension of the vectors, for a file that does not declare it
  /// @param[in] cache     holds the loaded network; null: `onnx_session_cache::shared()`
  ///
  /// Throws: as the constructor of `onnx_classifier<std::string>`; `invalid_argument` if the file declares
  /// another dimension, or none and `dimension` is 0.
  explicit onnx_text_embedder(const std::filesystem::path& file, onnx_options options = {},
                              std::size_t dimension = 0,
                              std::shared_ptr<onnx_session_cache> cache = nullptr) {
    options.output = activation::identity;
    if (options.output_name.empty())
      options.output_name =
          detail::embedding_output(file.string(), detail::read_onnx_header(file), "text_embeds");
    network_ = std::make_shared<const network>(file, options, dimension,
                                               detail::onnxruntime_only::engine(options), std::move(cache));
    const std::size_t declared = network_->declared_width();
    dimension_ = declared != 0 ? declared : dimension;
    if (dimension_ == 0)
      throw invalid_argument{"dimension",
                             "that of the vectors, which '" + file.string() + "' does not declare", "0"};
    if (dimension != 0 && dimension != dimension_)
      throw invalid_argument{"dimension",
                             std::to_string(dimension_) + ", as '" + file.string() + "' declares",
                             std::to_string(dimension)};
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  [[nodiscard]] const std::string& file() const noexcept { return network_->file(); }

  /// @param[in] texts UTF-8; cut off after the tokens that the network takes
  /// @return `[texts.size(), dimension()]`, rows of unit length
  /// Throws: `model_error` naming the file if it does not load or run, or a value is not finite;
  /// `invalid_argument` for a text that is not UTF-8.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    matrix<float> out(static_cast<Eigen::Index>(texts.size()), static_cast<Eigen::Index>(dimension_));
    const std::vector<std::string> samples(texts.begin(), texts.end());
    static_cast<void>(network_->run(samples, "dimension of the embedding", out));
    std::vector<double> row(dimension_);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      float* values = out.data() + i * dimension_;
      for (std::size_t d = 0; d < dimension_; ++d) {
        if (!std::isfinite(values[d]))
          throw model_error{file(), "expected finite numbers, found others for text " + std::to_string(i)};
        row[d] = static_cast<double>(values[d]);
      }
      detail::write_unit_row(row, values);
    }
    return out;
  }

 private:
  using network = detail::onnx_network<detail::text_input>;
  std::shared_ptr<const network> network_;
  std::size_t dimension_ = 0;
};

static_assert(text_embedder<onnx_text_embedder>);

}  // namespace mll
