// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/head_names.hpp"
#include "mll/model/onnx/detail/onnx_network.hpp"
#include "mll/model/onnx/onnx_description.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll {

namespace detail {

/// How samples of a type are given to ONNX networks: `type`, the input; `engine(options)`; and
/// `prepare_child()`, called in a child process before it runs a network.
template <class Sample>
struct onnx_input_of;

}  // namespace detail

/// A classifier in an ONNX file.
///
/// | sample | header | component | network |
/// |---|---|---|---|
/// | `cv::Mat` | onnx_opencv.hpp | `mll::opencv`, better with `mll::onnxruntime` | images |
/// | `Eigen::VectorXf` | onnx_vectors.hpp | `mll::onnxruntime` | feature vectors |
/// | `std::string` | onnx_texts.hpp | `mll::onnxruntime` | strings, or token ids |
///
/// The constructor reads the header of the file. The network is loaded when it first runs, and may be
/// released later: see `onnx_session_cache`. Copies are cheap and share the network.
///
/// Samples run in batches only if the network gives the same scores for a batch as for each of its samples
/// alone, which is tried when it first runs. Then it is also decided which activation makes its output
/// probabilities: see `activation_decision` and `describe`.
///
/// A damaged file can crash an engine: see `prove_onnx_classifier`.
///
/// Threads: `predict` may be called concurrently.
///
/// @code
/// hub.add("birds", mll::load_onnx_classifier("birds.onnx"));
/// @endcode
///
/// @tparam Sample `cv::Mat`, `Eigen::VectorXf` or `std::string`
template <class Sample>
class onnx_classifier {
 public:
  using sample_type = Sample;

  /// @param[in] file       the ONNX file: one output of real numbers `[batch, heads]`, besides others
  /// @param[in] head_names one per column of the output
  /// @param[in] options    input and output of the network
  /// @param[in] cache      holds the loaded network; null: `onnx_session_cache::shared()`
  ///
  /// Throws: `parse_error` naming the file if it is missing, cut off or not an ONNX file, or its weights are
  /// missing; `model_error` if it has other inputs or outputs; `invalid_argument` if the options or the
  /// number of head names do not match the file, or the options ask for the activation with which the network
  /// ends.
  onnx_classifier(const std::filesystem::path& file, std::vector<std::string> head_names,
                  const onnx_options& options = {}, std::shared_ptr<onnx_session_cache> cache = nullptr)
      : self_{std::make_shared<const state>(file, std::move(head_names), options, std::move(cache))} {
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

  /// How the file is run, and why. Loads the network.
  /// Throws: as `predict`; `model_error` if the file leaves the number of features open.
  [[nodiscard]] onnx_description describe() const {
    return self_->network.describe(head_count(), "head name");
  }

  /// Samples to try the network on, each another one. Throws: `model_error` if the file leaves the number of
  /// features open.
  [[nodiscard]] std::vector<Sample> probe_samples(std::size_t count) const {
    return self_->network.probe_samples(count);
  }

  /// Throws: `model_error` naming the file if it does not load, the engine cannot run it, or the output is
  /// not one probability per head name; `invalid_argument` for a sample that the network does not take.
  void predict(std::span<const Sample> batch, matrix_ref<float> scores) const {
    constexpr float rounding = numerics::score_tolerance;
    activate(self_->network.run(batch, "head name", scores), scores);
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
  using input = detail::onnx_input_of<Sample>;
  struct state {
    state(const std::filesystem::path& file, std::vector<std::string> names, const onnx_options& options,
          std::shared_ptr<onnx_session_cache> cache)
        : head_names{std::move(names)},
          network{file, options, head_names.size(), input::engine(options), std::move(cache)} {}
    std::vector<std::string> head_names;
    detail::onnx_network<typename input::type> network;
  };
  std::shared_ptr<const state> self_;
};

/// Loads the classifier of an ONNX file whose head names are in `head_names_file(file)`.
/// Throws: as the constructor; `parse_error` if the head names cannot be read (with the line), or their
/// number is not the number of outputs.
template <class Sample>
[[nodiscard]] onnx_classifier<Sample> load_onnx_classifier(
    const std::filesystem::path& file, const onnx_options& options = {},
    std::shared_ptr<onnx_session_cache> cache = nullptr) {
  using input = detail::onnx_input_of<Sample>;
  // Two readings of the header: which output has the scores may depend on their number.
  const auto declared = [&](std::size_t heads) {
    return detail::onnx_network<typename input::type>{file, options, heads, input::engine(options), cache}
        .declared_width();
  };
  static_cast<void>(declared(0));
  const std::filesystem::path sidecar = head_names_file(file);
  auto names = read_head_names(sidecar);
  if (const std::size_t width = declared(names.size()); width != 0 && names.size() != width) {
    throw parse_error{sidecar.string(), 0,
                      std::to_string(width) + " head names, one per output of '" + file.string() + "'",
                      std::to_string(names.size())};
  }
  return {file, std::move(names), options, std::move(cache)};
}

}  // namespace mll
