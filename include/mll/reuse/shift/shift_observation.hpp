// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>

#include "mll/select/estimate/shift_fit.hpp"

namespace mll {

/// What a batch of a pseudo-task showed, and the accuracy that a selection reached on it. A pseudo-task is
/// made of nodes with samples, so that the truth is known.
struct shift_observation {
  std::string distortion;   ///< empty: undistorted
  std::size_t task = 0;     ///< observations of one pseudo-task share it
  shift_features features;  ///< of the batch
  double accuracy = 0;      ///< macro accuracy
  std::size_t samples = 0;  ///< of the batch
  std::size_t classes = 0;  ///< of the task
  bool is_adapted = false;  ///< whether the selection was adapted by the batch
};

}  // namespace mll
