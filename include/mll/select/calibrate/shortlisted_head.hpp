// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll {

/// A head calibrated for a class.
struct shortlisted_head {
  std::uint32_t position = 0;  ///< position in the source
  calibration fit;

  friend bool operator==(const shortlisted_head& a, const shortlisted_head& b) noexcept {
    return a.position == b.position && a.fit.slope == b.fit.slope && a.fit.intercept == b.fit.intercept;
  }
};

/// Options of `shortlist`.
struct shortlist_options {
  std::size_t max_heads = 24;      ///< per class, at least 1
  std::size_t own_samples = 512;   ///< limit of the positives per class
  std::size_t all_samples = 5120;  ///< approximate limit of the negatives, over all classes
  calibration_prior prior = {};    ///< of every calibration
};

}  // namespace mll
