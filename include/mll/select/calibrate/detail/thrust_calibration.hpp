// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstddef>
#include <vector>

#include "mll/select/calibrate/detail/fit_pair.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/calibrate/detail/uploaded_pairs.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::detail {

/// Second stage of CHCO, `shortlist`, as Thrust algorithms: the readable form of the stage, and the baseline
/// of the kernels of `device_calibration`.
///
/// 1. `for_each` over heads: the histogram of the responses of a head to samples of all classes
/// 2. `for_each` over pairs of head and class: the logistic map from that histogram without the samples of
///    the class, and from the one of the samples of the class
///
/// A functor adds floats and integer weights in index order: slopes and intercepts are within 1e-3 of those
/// of `shortlist`, losses within 1e-5, and bitwise the same on every policy of the host. On a device,
/// where exponentials and logarithms may differ in the last bit, within 1e-3 of 1 + their size. (A histogram
/// by `sort_by_key` and `reduce_by_key` would move 8 bytes per response several times, to read 1 byte once.)
///
/// Memory: the input, 1 KiB per head, and 2 KiB per thread (0.5 GB on an H100). Complexity: as `shortlist`.
///
/// @tparam Grid see `exec::detail::thrust_host`
template <class Grid>
class thrust_calibration {
 public:
  /// Uploads the input.
  thrust_calibration(const Grid& grid, const pair_responses& pairs) : grid_{grid}, on_{grid, pairs} {}

  /// Up to `options.max_heads` heads per class, as `shortlist` returns them.
  [[nodiscard]] std::vector<std::vector<shortlisted_head>> run(
      const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options) {
    grid_.run([&](const auto& policy) {
      const thrust::counting_iterator<std::size_t> first{0};
      thrust::for_each_n(policy, first, on_.heads, count_head{on_.view()});
      thrust::for_each_n(policy, first, on_.fits.size(), fit_pair{on_.view(), options.prior});
    });
    return on_.ranked(grid_, screened, options.max_heads);
  }

 private:
  Grid grid_;
  uploaded_pairs<Grid> on_;
};

}  // namespace mll::detail
