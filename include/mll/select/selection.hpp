// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/membership.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll {

/// Why a head votes for a class: evidence from the representation samples.
///
/// How to read it: a good head has a high `response` to its class and a low one to the strongest rival, so a
/// `reuse_score` near 1. `weight` is its influence in the ensemble, `gain` what it adds to the other heads.
struct head_reason {
  class_id target = {};      ///< the class
  head_id head = {};         ///< the head
  std::string model = {};    ///< name of its model
  std::string name = {};     ///< its own name, as in the model
  float weight = 0;          ///< its share of the votes for the class
  float response = 0;        ///< mean response to samples of the class, in [0, 1]
  class_id rival = {};       ///< the other class with the highest mean response
  float rival_response = 0;  ///< mean response to samples of the rival
  float reuse_score = 0;     ///< in [-1, 1]: response minus that to the rivals; see `reuse_scores`
  float gain = 0;  ///< increase of the objective by this head, given those before it; 0: not measured
};

/// A head that is named after a class.
struct named_head {
  std::uint32_t head = 0;  ///< position in `ensemble::heads`
  float match = 0;  ///< of its name with the node of the class, in (0, 1]; see `hub_profile::name_match`
  std::uint32_t width = 0;  ///< number of heads of its model
};

/// A model that the ensemble needs at prediction time.
struct selected_model {
  model_id id = {};       ///< invalid for the general model
  std::string name = {};  ///< name in the labelled hub
  std::vector<std::string> head_names =
      {};  ///< names of all its heads, to verify that a hub holds the same model
  /// `hub::fingerprint` or `stored_model::fingerprint` when it was labelled; empty: unknown.
  std::string fingerprint = {};
};

/// A solved task: which heads, how they are combined, why, and how accurate they should be. Result of
/// `select`, input of `zero_shot_classifier`, `explain` and `write_selection`.
///
/// @code
/// const mll::selection chosen = mll::select(backend, labels, match);
/// for (const mll::head_reason& why : chosen.reasons)
///   std::cout << chosen.match.task[why.target].name << ": " << why.model << '/' << why.name
///             << " responds " << why.response << ", to the rival " << why.rival_response << '\n';
/// if (chosen.estimate) std::cout << "expected accuracy " << chosen.estimate->accuracy << '\n';
/// @endcode
struct selection {
  mll::task_match match;        ///< the task, its senses and, per class, the nodes whose samples are evidence
  std::string method = {};      ///< `name()` of the selection method
  mll::ensemble ensemble = {};  ///< votes of the heads per class, temperature, correction
  /// Models to run, by increasing id, the general model last.
  std::vector<selected_model> models = {};
  /// One reason per vote, class by class, in the order of `ensemble.votes`.
  std::vector<head_reason> reasons = {};
  /// Cross-validated accuracy; empty if `select_options::folds` was 0.
  std::optional<accuracy_estimate> estimate = {};
  /// How the accuracy follows from what a batch shows (`select_options::shift`); `estimate_on_batch` uses it.
  shift_fit shift = {};
  /// Per class, the heads of the ensemble that are named after it; empty lists without a profile.
  std::vector<std::vector<named_head>> named = {};
  /// Class texts embedded by the general model, `[classes, dim]`; empty without general heads.
  matrix<float> general_texts = {};
  float general_scale = 0;  ///< factor of the cosines of the general model
  /// What tells samples of the task from others; empty without a profile.
  std::optional<mll::membership> membership = {};
  float threshold = 0;  ///< `zero_shot_classifier` gives no answer of a lower probability
};

}  // namespace mll
