// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <vector>

namespace mll {

/// Expected accuracy of a selection on samples from the distribution of the representation samples. Target
/// data that look different (other cameras, other wording) score lower.
struct accuracy_estimate {
  double accuracy = 0;                 ///< macro accuracy: mean of `per_class`
  double low = 0;                      ///< lower end of the 95 % confidence interval
  double high = 0;                     ///< upper end of the interval
  std::vector<double> per_class = {};  ///< share of correct predictions; NaN for a class without samples
  double confidence = 0;               ///< mean probability of the predicted class, at `temperature`
  /// Factor of the class scores that maximises the likelihood of the held-out samples; `select` applies it to
  /// the ensemble.
  double temperature = 1;
};

}  // namespace mll
