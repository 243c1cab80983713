// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/guarded_call.hpp"
#include "mll/model/onnx/onnx_classifier.hpp"

namespace mll {

/// Limits that a sound network of this file size keeps: 2 GiB and 8 times the file; 30 s and 1 s per 4 MiB.
[[nodiscard]] inline process_limits onnx_limits(const std::filesystem::path& file) {
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(file, unreadable);
  process_limits out;
  if (unreadable) return out;
  out.memory_bytes += 8 * static_cast<std::size_t>(size);
  out.processor_time += std::chrono::seconds{static_cast<long>(size >> 22U)};
  out.wall_time = 10 * out.processor_time;
  return out;
}

namespace detail {

/// Runs a network in a child process. Throws: `model_error` naming the file and the reason.
template <class Run>
void prove_network(const std::string& file, const std::optional<process_limits>& limits, const Run& run) {
  const process_limits allowed = limits ? *limits : onnx_limits(file);
  const auto problem = guarded_call(allowed, run);
  if (!problem) return;
  const std::string prefix = model_error{file, ""}.what();  // of what running throws
  std::string why = problem->starts_with(prefix) ? problem->substr(prefix.size()) : *problem;
  if (why.find("Failed to allocate") != std::string::npos) {
    why += ", of at most " + std::to_string(allowed.memory_bytes >> 20U) +
           " MiB (a smaller options.batch_size needs less)";
  }
  throw model_error{file, why};
}

}  // namespace detail

/// Runs a network on a full batch and on single samples in a child process (`guarded_call`), before this
/// process trusts it: a damaged or malicious ONNX file can crash an engine, take all memory, or not end.
///
/// No other thread may be inside the engine meanwhile. A network that passes can still be wrong: it is only
/// known to run and to return probabilities.
///
/// @param[in] model  the network with its options
/// @param[in] limits by default `onnx_limits` of its file
///
/// Throws: `model_error` naming the file and the reason. Complexity: loads the file; runs about
/// `3 * batch_size` samples in one thread.
///
/// @code
/// const auto model = mll::load_onnx_classifier(file);
/// mll::prove_onnx_classifier(model);
/// hub.add("birds", model);
/// @endcode
template <class Sample>
void prove_onnx_classifier(const onnx_classifier<Sample>& model,
                           const std::optional<process_limits>& limits = {}) {
  detail::prove_network(model.file(), limits, [&] {
    detail::onnx_input_of<Sample>::prepare_child();
    const auto samples = model.probe_samples(std::max<std::size_t>(2, *model.options().batch_size));
    matrix<float> scores(static_cast<Eigen::Index>(samples.size()),
                         static_cast<Eigen::Index>(model.head_count()));
    model.predict(samples, scores);
  });
}

/// The same for both sides of a general model: the network of the images, and that of the texts where there
/// is one (where the text embedder has a `file()`).
///
/// Throws: `model_error` naming the file and the reason, also for embeddings that are not finite.
/// @tparam Model `onnx_general_model`
template <class Model>
void prove_onnx_general_model(const Model& model, const std::optional<process_limits>& limits = {}) {
  detail::prove_network(model.file(), limits, [&] {
    detail::onnx_input_of<typename Model::sample_type>::prepare_child();
    const auto samples = model.probe_samples(std::max<std::size_t>(2, *model.options().batch_size));
    const matrix<float> embeddings = model.embed_samples(samples);
    if (!embeddings.allFinite())
      throw model_error{model.file(), "expected finite embeddings, found NaN or infinity"};
  });
  if constexpr (requires { model.texts().file(); }) {
    detail::prove_network(model.texts().file(), limits, [&] {
      std::string longest;  // of more tokens than a network takes
      for (int i = 0; i < 1000; ++i) longest += "word ";
      const std::array<std::string_view, 4> texts{"cat", "a red house: a building to live in", "!", longest};
      static_cast<void>(model.embed_texts(texts));  // throws if they are not finite
    });
  }
}

}  // namespace mll
