// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace mll {

/// Calibration of a head for a class, a logistic map of its response p:
/// `P(y | p) = sigmoid(slope * logit(p) + intercept)`.
struct calibration {
  float slope = 1;
  float intercept = 0;
  float loss = 0;  ///< class-balanced one-vs-rest log-loss in nats, without the prior; chance: log 2
};

/// Prior of a calibration: independent normal distributions of slope and intercept (mean 0).
struct calibration_prior {
  double slope = 1;                   ///< mean of the slope
  double slope_precision = 1;         ///< in samples
  double intercept_precision = 0.01;  ///< in samples
};

}  // namespace mll
