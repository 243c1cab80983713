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
#include "mll/core/numerics.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/head_names.hpp"
#include "mll/model/onnx/detail/onnx_network.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll {

/// An image classifier in an ONNX file, run by OpenCV. Component `mll::opencv`.
///
/// Samples are decoded 8-bit images of any size, with 1 channel or 3 (blue, green, red, as `cv::imread`
/// returns). They are resized to the input of the network as `options.preparation` says; by default each side
/// on its own.
///
/// The constructor reads the header of the file. The network is loaded when it first runs, and may be
/// released later: see `onnx_session_cache`. Copies are cheap and share the network.
///
/// A full batch is used only if the network gives the same scores for it as for each of its images alone,
/// which is tried when it first runs: OpenCV 4.6 returns wrong rows for some networks. Otherwise, and for
/// what is left of a batch, images run one by one.
///
/// A damaged file can crash OpenCV: see `prove_onnx_classifier`.
///
/// OpenCV's log is off while a file is loaded (the log level is global to the process). Networks run on
/// OpenCV's thread pool. For many small networks, `cv::setNumThreads(1)` is faster: it leaves all threads to
/// the backend.
///
/// Threads: `predict` may be called concurrently; calls that need the same file wait for each other.
///
/// @code
/// hub.add("birds", mll::load_onnx_classifier("birds.onnx", {.output = mll::activation::softmax}));
/// @endcode
class onnx_classifier {
 public:
  using sample_type = cv::Mat;

  /// @param[in] file       the ONNX file: one float32 input of images, one output `[batch, heads]`
  /// @param[in] head_names one per column of the output
  /// @param[in] options    input and output of the network
  /// @param[in] cache      holds the loaded network; null: `onnx_session_cache::shared()`
  ///
  /// Throws: `parse_error` naming the file if it is missing, cut off or not an ONNX file; `model_error` if it
  /// does not have one input of images and one output; `invalid_argument` if the options or the number of
  /// head names do not match the file, neither gives a size, or the options ask for the activation with which
  /// the network ends.
  onnx_classifier(const std::filesystem::path& file, std::vector<std::string> head_names,
                  const onnx_options& options = {}, std::shared_ptr<onnx_session_cache> cache = nullptr)
      : self_{std::make_shared<const state>(
            state{.network = {file, options, std::move(cache)}, .head_names = std::move(head_names)})} {
    const std::size_t found = self_->head_names.size();
    if (found == 0) throw invalid_argument{"head_names", "at least one name", "none"};
    if (const std::size_t declared = self_->network.declared_width(); declared != 0 && declared != found) {
      throw invalid_argument{
          "head_names",
          std::to_string(declared) + " names, one per output of '" + self_->network.file() + "'",
          std::to_string(found)};
    }
  }

  [[nodiscard]] std::size_t head_count() const noexcept { return self_->head_names.size(); }
  [[nodiscard]] const std::string& head_name(std::size_t head) const { return self_->head_names[head]; }
  [[nodiscard]] const std::string& file() const noexcept { return self_->network.file(); }
  /// The given options, completed by what the file declares.
  [[nodiscard]] const onnx_options& options() const noexcept { return self_->network.options(); }

  /// Images to try the network on: as large as its input, each with a colour of its own.
  [[nodiscard]] std::vector<cv::Mat> probe_images(std::size_t count) const {
    return self_->network.probe_images(count);
  }

  /// Throws: `model_error` naming the file if it does not load, OpenCV cannot run it, or the output is not
  /// one probability per head name; `invalid_argument` for a sample that is not an 8-bit image.
  void predict(std::span<const cv::Mat> batch, matrix_ref<float> scores) const {
    constexpr float rounding = numerics::score_tolerance;
    self_->network.run(batch, "head name", scores);
    activate(*options().output, scores);
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

/// Loads the classifier of an ONNX file whose head names are in `head_names_file(file)`.
/// Throws: as the constructor; `parse_error` if the head names cannot be read (with the line), or their
/// number is not the number of outputs.
[[nodiscard]] inline onnx_classifier load_onnx_classifier(
    const std::filesystem::path& file, const onnx_options& options = {},
    std::shared_ptr<onnx_session_cache> cache = nullptr) {
  const std::size_t declared = detail::onnx_network{file, options, cache}.declared_width();
  const std::filesystem::path sidecar = head_names_file(file);
  auto names = read_head_names(sidecar);
  if (declared != 0 && names.size() != declared) {
    throw parse_error{sidecar.string(), 0,
                      std::to_string(declared) + " head names, one per output of '" + file.string() + "'",
                      std::to_string(names.size())};
  }
  return {file, std::move(names), options, std::move(cache)};
}

}  // namespace mll
