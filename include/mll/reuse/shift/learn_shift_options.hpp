// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/label/general_model_labels.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/match/match_options.hpp"
#include "mll/reuse/shift/distorted_labels.hpp"
#include "mll/select/estimate/shift_fit.hpp"
#include "mll/select/methods/chco.hpp"

namespace mll {

/// Options of `learn_shift`.
struct learn_shift_options {
  const model_labels* labels = nullptr;  ///< of the undistorted samples; null: they are made
  /// Of the undistorted samples, with node texts; null: made, if there is a general model.
  const general_model_labels* general = nullptr;
  distorted_labels* kept = nullptr;  ///< of an earlier call, which is continued; null: start anew
  std::size_t per_node = 8;          ///< distorted samples per node; at most half of those of the node
  std::size_t tasks = 40;            ///< pseudo-tasks; each is solved once and tried under every distortion
  std::size_t min_classes = 5;
  std::size_t max_classes = 30;
  /// Groups of nodes that are left out in turn, so that the others stand in for them as descendants or
  /// neighbours; each costs a profile.
  std::size_t rounds = 3;
  chco<> method = {.budget = experts{20}};  ///< how pseudo-tasks are solved
  match_options matching = {};              ///< how head names are matched
  shift_fit prior = {};                     ///< what the fit falls back to with little data
  std::uint64_t seed = 0;
  /// Batches, observer, and the stop token, which is checked before each pseudo-task, too.
  label_options labelling = {};
};

}  // namespace mll
