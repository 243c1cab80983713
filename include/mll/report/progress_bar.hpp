// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <ostream>
#include <string>

#include "mll/core/progress.hpp"

namespace mll {

/// A progress observer that draws a bar on one line of a terminal, at most ten times per second.
///
/// @param[in] out   a terminal (the bar uses carriage returns); must outlive the observer
/// @param[in] width of the bar, in characters
///
/// @code
/// const auto labels = mll::label(backend, hub, samples, graph, {.observer = mll::progress_bar(std::cerr)});
/// @endcode
[[nodiscard]] inline progress_observer progress_bar(std::ostream& out, std::size_t width = 30) {
  using clock = std::chrono::steady_clock;
  auto drawn = std::make_shared<clock::time_point>(clock::time_point::min());
  return [&out, width, drawn](const progress& at) {
    const bool finished = at.done == at.total;
    if (!finished && *drawn != clock::time_point::min() &&
        clock::now() - *drawn < std::chrono::milliseconds{100})
      return;
    *drawn = clock::now();
    const std::size_t filled = at.total == 0 ? width : width * at.done / at.total;
    out << '\r' << at.stage << " [" << std::string(filled, '#') << std::string(width - filled, '.') << "] "
        << at.done << '/' << at.total << (finished ? "\n" : "") << std::flush;
  };
}

}  // namespace mll
