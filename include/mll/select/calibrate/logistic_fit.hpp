// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

namespace mll {

/// A logistic map of log-odds and how well it fits: `P(y | p) = sigmoid(slope logit(p) + intercept)`.
struct calibration {
  float slope = 1;
  float intercept = 0;
  float loss = 0;  ///< class-balanced one-vs-rest log-loss in nats, without the prior; log 2 = knows nothing
};

/// Prior of a calibration: independent normals, as precisions.
struct calibration_prior {
  double slope = 1;            ///< mean of the slope
  double slope_precision = 1;  ///< in units of one sample
  double intercept_precision = 0.01;
};

}  // namespace mll
