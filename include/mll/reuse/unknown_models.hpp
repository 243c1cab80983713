// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace mll {

/// What `zero_shot_classifier` does with a model whose `hub::fingerprint` is missing, in the hub or in the
/// selection. Without it, a different model of the same name cannot be detected.
enum class unknown_models {
  accept,  ///< names of model and heads are enough: hubs that are built in the program that uses them
  refuse,  ///< throw: selections and models that were read from files
};

}  // namespace mll
