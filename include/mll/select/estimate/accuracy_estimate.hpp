// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "mll/match/task/task_match.hpp"

namespace mll {

/// Which samples an estimate is about.
enum class sample_world {
  like_representation,  ///< from the distribution of the representation samples
  elsewhere,            ///< other cameras, styles or wording than the representation samples
  batch,                ///< like the samples of a batch that was seen, without labels
};

/// A value with an interval.
struct value_in_interval {
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

/// Factors of the sources of class scores in an ensemble.
struct source_weights {
  double votes = 1;       ///< of the votes, at the temperature of the ensemble
  double correction = 1;  ///< of the log-probabilities of the linear correction
  double general = 1;     ///< of the log-probabilities of the general discriminant
};

/// Expected accuracy of a selection, and what it is based on. Where there is too little evidence, `accuracy`
/// and its interval are NaN and `insufficient` says why.
struct accuracy_estimate {
  double accuracy = std::numeric_limits<double>::quiet_NaN();  ///< macro accuracy: mean of `per_class`
  double low = std::numeric_limits<double>::quiet_NaN();       ///< lower end of the interval
  double high = std::numeric_limits<double>::quiet_NaN();      ///< upper end of the interval
  /// Share of correct predictions in cross-validation; NaN for a class that could not be judged.
  std::vector<double> per_class = {};
  double confidence = 0;  ///< mean probability of the predicted class, at `temperature`
  /// Factor of the class scores that maximises the likelihood of the held-out samples, all sources together.
  double temperature = 1;
  /// The factors of the sources that `select` sets, `temperature` included: their weights follow from their
  /// accuracy on the held-out samples.
  source_weights weights = {};
  /// Factors that make each source alone a calibrated answer, on the held-out samples.
  source_weights calibrations = {};
  /// Cohen's kappa between the answers of the votes and of the general discriminant (of the correction, if
  /// the general model has no or little weight) on the held-out samples; NaN with a single source.
  double agreement = std::numeric_limits<double>::quiet_NaN();
  sample_world world = sample_world::like_representation;
  double level = 0.95;                          ///< confidence level of the interval
  std::vector<std::size_t> sample_counts = {};  ///< representation samples per class
  std::vector<coverage> coverages = {};         ///< per class, the kind of its samples
  /// Per class, the best match of its name with that of a chosen head, in [0, 1]; empty without a profile.
  std::vector<double> name_matches = {};
  /// The same accuracy for samples from elsewhere, predicted without a batch of them; NaN if unknown.
  value_in_interval elsewhere = {};
  std::string fit = {};           ///< name and version of what the estimate was fitted by
  std::string insufficient = {};  ///< why there is no number; empty if there is one
  std::string caution = {};       ///< what makes the number less certain than its interval says; may be empty

  /// Whether there is a number.
  [[nodiscard]] bool is_known() const noexcept { return insufficient.empty() && accuracy == accuracy; }
};

}  // namespace mll
