// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string>

namespace mll {

/// What a batch of unlabelled samples and the evidence of a task tell about the accuracy on samples like the
/// batch. `kappa(a) = (a - 1/C) / (1 - 1/C)` for C classes; lg is the logit of a share clipped to [.01, .99].
struct shift_features {
  double cot = 0;       ///< lg kappa of the mean probability under the best assignment to classes
  double promised = 0;  ///< lg kappa of the cross-validated accuracy
  /// Cohen's kappa between the answers of the votes and of the general discriminant (of the correction, if
  /// the general model has no or little weight); NaN with a single source.
  double agreement = std::numeric_limits<double>::quiet_NaN();
  double bias = 0;      ///< log of the share of the scores that is the same for all samples, over the rest
  double own = 0;       ///< share of the classes with samples of their own
  double named = 0;     ///< share of those with borrowed samples or none, and heads of their name
  double nameless = 0;  ///< share of those with neither
  /// `min(0, log(agreement / cross-validated agreement) + .1)`: a fall beyond noise; 0 if either is unknown.
  double fall_of_agreement = 0;
};

/// How the accuracy on a batch follows from `shift_features`, with an interval: lg kappa is the sum of the
/// coefficients times 1, cot, promised, agreement, bias, own, named, nameless and fall of agreement. The
/// default fits nothing: the odds of cot fall by as much as the agreement of the sources.
struct shift_fit {
  std::string name = "agreement-1";
  std::array<double, 9> coefficients{0, 1, 0, 0, 0, 0, 0, 0, 1};
  /// The logarithm of the standard error is the sum of these, times 1, `max(log(p (1 - p)), -3)`, the share
  /// of classes with borrowed samples or none, and `max(min(0, cot - promised), -3)`.
  std::array<double, 4> spread{-1.67, 0.97, 0.25, -0.28};
  /// The interval of level .9 is [p - low s, p + high s].
  double low = 1.62;
  double high = 1.60;
  /// Samples from elsewhere, without a batch of them: `lg kappa` lies below the promised one by `fall`,
  /// between `min_fall` and `max_fall`.
  double fall = 1.9;
  double min_fall = 0.3;
  double max_fall = 3.3;

  friend bool operator==(const shift_fit&, const shift_fit&) = default;

  /// A regression over distorted pseudo-tasks of one hub of 120 image experts with a general model; it knows
  /// nothing of the cross-validated agreement.
  [[nodiscard]] static shift_fit of_distorted_images() {
    shift_fit out;
    out.name = "distorted-images-1";
    out.coefficients = {-0.705, 0.929, -0.250, 1.305, -0.150, -0.260, 0.765, -0.447, 0};
    return out;
  }
};

}  // namespace mll
