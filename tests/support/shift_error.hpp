// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "mll/reuse/detail/shift_model.hpp"
#include "mll/reuse/shift/shift_observation.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll::test {

/// Mean distance of what a fit expects from the accuracy observed.
inline double mean_error(const shift_fit& fit, std::span<const shift_observation> observed) {
  double sum = 0;
  for (const shift_observation& one : observed)
    sum += std::abs(detail::shifted_accuracy(fit, one.features, one.classes) - one.accuracy);
  return sum / static_cast<double>(observed.size());
}

}  // namespace mll::test
