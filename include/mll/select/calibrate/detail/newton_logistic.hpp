// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll::detail {

/// Gradient (a, b) and Hessian (aa, ab, bb) of the weighted logistic loss by slope (a) and intercept (b).
struct logistic_derivatives {
  double a = 0;
  double b = 0;
  double aa = 0;
  double ab = 0;
  double bb = 0;
};

/// Newton's method with step halving for a logistic map with a normal prior, for host and device. The
/// objective is strictly convex, so the result is unique.
///
/// @param[in] samples effective number of samples, which divides the precision of the prior
/// @param[in] loss    `loss(slope, intercept)`: the loss without the prior
/// @param[in] derive  `derive()`: the derivatives at the arguments of the last call of `loss`
/// Complexity: about ten calls of each.
MLL_ANY_CALLEE
template <class Loss, class Derive>
MLL_HOST_DEVICE calibration newton_logistic(const calibration_prior& prior, double samples, const Loss& loss,
                                            const Derive& derive) {
  const auto penalty = [&](double slope, double intercept) {
    return 0.5 *
           (prior.slope_precision * (slope - prior.slope) * (slope - prior.slope) +
            prior.intercept_precision * intercept * intercept) /
           samples;
  };
  double a = prior.slope;
  double b = 0;
  double reached = loss(a, b);
  double total = reached + penalty(a, b);
  for (int iteration = 0; iteration < 30; ++iteration) {
    const logistic_derivatives d = derive();
    const double ga = d.a + prior.slope_precision * (a - prior.slope) / samples;
    const double gb = d.b + prior.intercept_precision * b / samples;
    const double haa = d.aa + prior.slope_precision / samples;
    const double hbb = d.bb + prior.intercept_precision / samples;
    const double det = haa * hbb - d.ab * d.ab;
    const double da = (hbb * ga - d.ab * gb) / det;
    const double db = (haa * gb - d.ab * ga) / det;
    if (da * ga + db * gb < 2e-8) break;  // the expected decrease is half of that
    double step = 1;
    double next = 0;
    double next_loss = 0;
    for (; step > 1e-4; step /= 2) {  // Newton overshoots where the curve is flat
      next_loss = loss(a - step * da, b - step * db);
      next = next_loss + penalty(a - step * da, b - step * db);
      if (next <= total) break;
    }
    if (!(next < total)) break;
    a -= step * da;
    b -= step * db;
    reached = next_loss;
    const bool has_converged = total - next < 1e-7;
    total = next;
    if (has_converged) break;
  }
  return {static_cast<float>(a), static_cast<float>(b), static_cast<float>(reached)};
}

}  // namespace mll::detail
