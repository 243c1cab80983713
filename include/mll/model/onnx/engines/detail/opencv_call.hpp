// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"

namespace mll::detail {

/// Turns OpenCV's log off while it lives; our exceptions carry its messages. The log level is global to the
/// process, and restored when the last object is destroyed.
class quiet_opencv {
 public:
  quiet_opencv() {
    auto& [guard, count, before] = shared();
    const std::scoped_lock lock{guard};
    if (count++ == 0) before = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  }
  quiet_opencv(const quiet_opencv&) = delete;
  quiet_opencv& operator=(const quiet_opencv&) = delete;
  ~quiet_opencv() {
    auto& [guard, count, before] = shared();
    const std::scoped_lock lock{guard};
    if (--count == 0) cv::utils::logging::setLogLevel(before);
  }

 private:
  struct state {
    std::mutex guard;
    std::size_t count = 0;
    cv::utils::logging::LogLevel before{};
  };
  static state& shared() {
    static state only;
    return only;
  }
};

/// A message of OpenCV on one line.
[[nodiscard]] inline std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

/// Calls `f`; OpenCV's exceptions become a `model_error` that names the model file.
template <class F>
decltype(auto) opencv_call(std::string_view file, F&& f) {
  try {
    return std::forward<F>(f)();
  } catch (const error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const cv::Exception& problem) {
    throw model_error{file, "OpenCV: " + one_line(problem.err.empty() ? problem.what() : problem.err)};
  } catch (const std::exception& problem) {
    throw model_error{file, "OpenCV: " + one_line(problem.what())};
  }
}

}  // namespace mll::detail
