// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <vector>

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

}  // namespace mll
