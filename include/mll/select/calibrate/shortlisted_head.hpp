// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll {

/// A head, calibrated for a class.
struct shortlisted_head {
  std::uint32_t position = 0;  ///< position in the source
  calibration fit;

  friend bool operator==(const shortlisted_head& a, const shortlisted_head& b) noexcept {
    return a.position == b.position && a.fit.slope == b.fit.slope && a.fit.intercept == b.fit.intercept;
  }
};

/// How `shortlist` calibrates.
struct shortlist_options {
  std::size_t keep = 24;           ///< heads per class, at least 1
  std::size_t own_samples = 512;   ///< at most so many of a class stand for itself
  std::size_t all_samples = 5120;  ///< and about so many of all classes together for the rest of each
  calibration_prior prior = {};
};

}  // namespace mll
