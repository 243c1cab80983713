// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/select/evidence/example.hpp"

namespace mll {

/// Input of a search: the candidate heads of each class, calibrated for it, with their responses as
/// `log_odds_8bit` codes. A function of a response is then a table of 256 entries.
///
/// A view: codes and rows must outlive it.
struct head_pool {
  /// A head, calibrated for a class: its logit is `slope log_odds(code) + intercept`.
  struct candidate {
    const std::uint8_t* codes = nullptr;  ///< `[rows]`
    float slope = 1;
    float intercept = 0;
  };

  std::vector<std::vector<candidate>> candidates;  ///< per class, best first, at least 1
  std::span<const example> rows;                   ///< by increasing class; a class may have no rows
  std::size_t heads_per_class = 3;                 ///< maximum to choose, at least 1
};

/// One head chosen for a class.
struct head_pick {
  std::size_t candidate = 0;  ///< index among the candidates of the class
  float gain = 0;             ///< increase of the objective when it was chosen
};

}  // namespace mll
