// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"

namespace mll {

/// Responses of a hub to distorted representation samples: what `learn_shift` starts from. Made by
/// `label_distorted`, which continues where it was interrupted.
struct distorted_labels {
  /// One distortion; all have the samples of the same nodes.
  struct part {
    std::string distortion;             ///< its name
    model_labels labels;                ///< of the first samples of each node
    general_model_labels general = {};  ///< of the same samples; no rows without a general model
  };
  std::vector<part> parts;
};

}  // namespace mll
