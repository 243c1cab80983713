// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/guarded_call.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"

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

/// Runs a network on a full batch and on single images in a child process (`guarded_call`), before this
/// process trusts it: a damaged or malicious ONNX file can crash OpenCV, take all memory, or not end.
///
/// No other thread may be inside OpenCV meanwhile. What passes here can still be wrong: it only is known to
/// run and to return probabilities.
///
/// @param[in] model  the network with its options
/// @param[in] limits by default `onnx_limits` of its file
///
/// Throws: `model_error` naming the file and the reason. Complexity: loads the file; runs about
/// `2 * batch_size` images in one thread.
///
/// @code
/// const auto model = mll::load_onnx_classifier(file);
/// mll::prove_onnx_classifier(model);
/// hub.add("birds", model);
/// @endcode
inline void prove_onnx_classifier(const onnx_classifier& model,
                                  const std::optional<process_limits>& limits = {}) {
  const process_limits allowed = limits ? *limits : onnx_limits(model.file());
  const auto problem = guarded_call(allowed, [&] {
    cv::setNumThreads(1);                                       // the threads of the parent do not exist here
    const std::vector<cv::Mat> images = model.probe_images(2);  // the first run tries a full batch besides
    matrix<float> scores(static_cast<Eigen::Index>(images.size()),
                         static_cast<Eigen::Index>(model.head_count()));
    model.predict(images, scores);
  });
  if (!problem) return;
  const std::string prefix = model_error{model.file(), ""}.what();  // of what predict throws
  std::string why = problem->starts_with(prefix) ? problem->substr(prefix.size()) : *problem;
  if (why.find("Failed to allocate") != std::string::npos) {
    why += ", of at most " + std::to_string(allowed.memory_bytes >> 20U) +
           " MiB (a smaller options.batch_size needs less)";
  }
  throw model_error{model.file(), why};
}

}  // namespace mll
