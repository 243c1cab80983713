// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/match/task_match.hpp"
#include "mll/select/combination.hpp"

namespace mll {

/// What accuracy to expect of a selection on samples like the representation samples.
struct accuracy_estimate {
  double accuracy = 0;  ///< macro accuracy: mean over the classes of the share of samples answered right
  double low = 0;       ///< lower end of a 95 % interval
  double high = 0;      ///< upper end
  std::vector<double> per_class = {};  ///< share answered right; NaN for a class without samples
  double confidence = 0;               ///< mean probability of the answers, at the temperature
  /// Factor of the class scores at which the probabilities of held-out samples are most likely; `select` puts
  /// it into the combination.
  double temperature = 1;
};

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
  mll::task_match match;              ///< the task and the meaning of its classes
  std::string method = {};            ///< name of the selection method
  mll::combination combination = {};  ///< the fitted combination
  std::vector<selected_model> models =
      {};  ///< owners of the heads in use, increasing id, the general model last
  std::vector<head_reason> reasons = {};           ///< one for each vote, class by class
  std::optional<accuracy_estimate> estimate = {};  ///< if cross-validation was not switched off
  matrix<float> patch_texts =
      {};                 ///< `[classes, dim]` class texts of the general model; empty without a patch
  float patch_scale = 0;  ///< factor of its cosines
};

}  // namespace mll
