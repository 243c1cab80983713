// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/head_names.hpp"
#include "mll/model/onnx/detail/onnx_network.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll {

/// An image classifier in an ONNX file, run by OpenCV. Component `mll::opencv`.
///
/// Samples are decoded 8-bit images of any size with 1 channel, or 3 in the order blue, green, red that
/// `cv::imread` gives. They are stretched to the size that the network takes (averaging areas where they
/// shrink).
///
/// The file is looked at when the classifier is made, but loaded when it first runs, and released when it has
/// not run for long: see `onnx_session_cache`. Copies are cheap and share the network.
///
/// OpenCV's own log is silent while a file is loaded (and only then; the log level belongs to the process).
/// Networks run on OpenCV's one pool of threads; `cv::setNumThreads(1)` leaves all threads to mll's backend,
/// which is better for many small networks.
///
/// Thread-safety: `predict` may be called from any thread; calls that need the same file wait for each other.
class onnx_classifier {
 public:
  using sample_type = cv::Mat;

  /// @param[in] file       the ONNX file: one float32 input of images, one output `[batch, heads]`
  /// @param[in] head_names one a column of the output
  /// @param[in] options    what the network takes and gives
  /// @param[in] cache      holds the loaded network; null: `onnx_session_cache::shared()`
  ///
  /// Throws: `parse_error` naming the file if it is missing, cut off or no ONNX file; `model_error` if it has
  /// another number of inputs or outputs, or takes no images; `invalid_argument` if the options or the number
  /// of head names do not fit the file, or it declares no size and the options give none.
  onnx_classifier(const std::filesystem::path& file, std::vector<std::string> head_names,
                  const onnx_options& options = {}, std::shared_ptr<onnx_session_cache> cache = nullptr)
      : self_{std::make_shared<const state>(
            state{.network = {file, options, std::move(cache)}, .head_names = std::move(head_names)})} {
    const std::size_t found = self_->head_names.size();
    if (found == 0) throw invalid_argument{"head_names", "at least one name", "none"};
    if (const std::size_t declared = self_->network.declared_width(); declared != 0 && declared != found) {
      throw invalid_argument{
          "head_names", std::to_string(declared) + " names, one an output of '" + self_->network.file() + "'",
          std::to_string(found)};
    }
  }

  [[nodiscard]] std::size_t head_count() const noexcept { return self_->head_names.size(); }
  [[nodiscard]] const std::string& head_name(std::size_t head) const { return self_->head_names[head]; }
  [[nodiscard]] const std::string& file() const noexcept { return self_->network.file(); }
  /// As given, with the size and channels that the file declares.
  [[nodiscard]] const onnx_options& options() const noexcept { return self_->network.options(); }

  /// Throws: `model_error` naming the file if it does not load, OpenCV cannot run it, or an output has
  /// another width than there are head names or is no probability; `invalid_argument` for something that is
  /// no 8-bit image.
  void predict(std::span<const cv::Mat> batch, matrix_ref<float> scores) const {
    constexpr float rounding = 1e-4F;
    self_->network.run(batch, "head name", scores);
    activate(options().output, scores);
    for (Eigen::Index r = 0; r < scores.rows(); ++r) {
      for (Eigen::Index h = 0; h < scores.cols(); ++h) {
        float& score = scores(r, h);
        if (!(score >= -rounding && score <= 1 + rounding)) {
          throw model_error{file(), "expected a probability, found " + std::to_string(score) +
                                        " for sample " + std::to_string(r) + ", head '" +
                                        head_name(static_cast<std::size_t>(h)) +
                                        "' (for logits set options.output to activation::softmax)"};
        }
        score = score < 0 ? 0 : score > 1 ? 1 : score;
      }
    }
  }

 private:
  struct state {
    detail::onnx_network network;
    std::vector<std::string> head_names;
  };
  std::shared_ptr<const state> self_;
};

static_assert(classifier<onnx_classifier>);

/// The classifier of an ONNX file with its head names beside it, in `head_names_file(file)`.
/// Throws: as the constructor, and `parse_error` with the line if the head names cannot be read, or without
/// if their number is not that of the outputs.
[[nodiscard]] inline onnx_classifier load_onnx_classifier(
    const std::filesystem::path& file, const onnx_options& options = {},
    std::shared_ptr<onnx_session_cache> cache = nullptr) {
  const std::size_t declared = detail::onnx_network{file, options, cache}.declared_width();
  const std::filesystem::path sidecar = head_names_file(file);
  auto names = read_head_names(sidecar);
  if (declared != 0 && names.size() != declared) {
    throw parse_error{sidecar.string(), 0,
                      std::to_string(declared) + " head names, one an output of '" + file.string() + "'",
                      std::to_string(names.size())};
  }
  return {file, std::move(names), options, std::move(cache)};
}

}  // namespace mll
