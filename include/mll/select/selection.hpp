// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"

namespace mll {

/// Why a head was chosen for a class.
struct head_reason {
  class_id target = {};      ///< the class
  head_id head = {};         ///< the head
  std::string model = {};    ///< its model's name
  std::string name = {};     ///< its own name, as its maker wrote it
  float weight = 0;          ///< share of the class's votes
  float response = 0;        ///< mean response to the samples of the class
  class_id rival = {};       ///< the other class that it answers to most
  float rival_response = 0;  ///< mean response to the samples of that class
  float reuse_score = 0;     ///< see `reuse_scores`
  float gain = 0;  ///< what it added to the objective, given the heads chosen before; 0 if not measured
};

/// A model that the combination needs.
struct selected_model {
  model_id id = {};                          ///< invalid: the general model
  std::string name = {};                     ///< name in the hub that was labelled
  std::vector<std::string> head_names = {};  ///< all its heads, to recognise it by
};

/// A solved task, before any of its samples was seen: which heads, how combined, why, and how well it should
/// work.
struct selection {
  mll::task_match match;        ///< the task and the meaning of its classes
  std::string method = {};      ///< name of the selection method
  mll::ensemble ensemble = {};  ///< the fitted combination
  std::vector<selected_model> models =
      {};  ///< owners of the heads in use, increasing id, the general model last
  std::vector<head_reason> reasons = {};           ///< one for each vote, class by class
  std::optional<accuracy_estimate> estimate = {};  ///< if cross-validation was not switched off
  matrix<float> general_texts =
      {};                   ///< `[classes, dim]` class texts of the general model; empty without a patch
  float general_scale = 0;  ///< factor of its cosines
};

}  // namespace mll
