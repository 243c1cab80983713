// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <vector>

#include "mll/select/calibrate/detail/calibration_kernels.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/calibrate/detail/uploaded_pairs.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// Calibration of all screened heads of a task in one batch on a grid. The constructor uploads the input.
template <class Grid>
class device_calibration {
 public:
  device_calibration(const Grid& grid, const pair_responses& pairs) : grid_{grid}, on_{grid, pairs} {}

  /// Up to `options.max_heads` heads per class, as `shortlist` returns them.
  [[nodiscard]] std::vector<std::vector<shortlisted_head>> run(
      const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options) {
    grid_.launch(on_.heads, count_answers{on_.view()});
    grid_.launch(on_.fits.size(), fit_pairs{on_.view(), options.prior});
    return on_.ranked(grid_, screened, options.max_heads);
  }

 private:
  Grid grid_;
  uploaded_pairs<Grid> on_;
};

}  // namespace mll::detail
