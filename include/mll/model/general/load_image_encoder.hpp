// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/general/load_general_model.hpp"

namespace mll {

namespace detail {

/// Stands where the text side of a general model is not loaded.
struct absent_texts {
  std::size_t width = 0;

  [[nodiscard]] std::size_t dimension() const noexcept { return width; }
  /// Throws: `model_error`, always.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view>) const {
    throw model_error{"general model", "embed_texts: only its image encoder was loaded"};
  }
};

}  // namespace detail

/// The image side of a general model; see `load_image_encoder`.
using image_encoder = onnx_general_model<detail::absent_texts>;

/// Loads the image encoder of a general model alone, which is all that a solved task needs: its selection
/// holds the embeddings of its texts. The preparation is read from the files beside the encoder, as
/// `load_general_model` reads it. Components `mll::opencv` and `mll::onnxruntime`.
///
/// @code
/// const mll::zero_shot_classifier<cv::Mat> classifier{
///     experts, chosen, mll::load_image_encoder("pets/vision_model.onnx", chosen.general_texts.cols())};
/// @endcode
///
/// @param[in] file      the ONNX file
/// @param[in] dimension of the embeddings
/// @param[in] cache     holds the loaded network; null: `onnx_session_cache::shared()`
///
/// Throws: `parse_error` naming file and key for what is not supported; as the constructor of
/// `onnx_general_model`; `model_error` if texts are embedded.
[[nodiscard]] inline image_encoder load_image_encoder(const std::filesystem::path& file,
                                                      std::size_t dimension,
                                                      std::shared_ptr<onnx_session_cache> cache = nullptr) {
  const auto files = general_files::of_image(file);
  const auto described = general_description::read(files);
  return image_encoder{file, detail::absent_texts{dimension}, detail::image_encoder_options(files, described),
                       std::move(cache), described.scale};
}

}  // namespace mll
