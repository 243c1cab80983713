// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/select/combine/detail/device_search.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll {

/// Joint combination, the third stage of CHCO, on a CUDA device: `greedy_search` on coded responses, for
/// log-likelihood.
///
/// Makes the same steps with the same rule for ties (lower class, then better candidate). Gains differ from
/// the host's in the last bits, so the choice is the same unless two gains differ by less than about 1e-6.
/// Determinism: the same from run to run.
///
/// @code
/// const mll::exec::cuda device;
/// const auto picks = mll::device_greedy_search{}(device, pool);  // picks[y]: the heads of class y
/// @endcode
struct device_greedy_search {
  double min_gain = 1e-6;               ///< a step must gain more than this
  std::size_t max_swaps_per_class = 4;  ///< on average over the classes
  double bound_inflation = 2;           ///< factor of the drift, at least 0; infinity: not lazy

  /// @param[in] device the device to run on; the call waits for it
  /// @param[in] pool   uploaded once
  /// @return 1 to `heads_per_class` picks per class
  ///
  /// Throws: `invalid_argument` if `bound_inflation` is negative or a class has no candidate; `device_error`.
  /// Complexity: as `greedy_search`. Device memory: 8 bytes per row and class, 8 bytes per pair of
  /// classes, and the codes.
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(const exec::cuda& device,
                                                               const head_pool& pool) const {
    return detail::device_search{exec::detail::cuda_grid{device}, pool,
                                 detail::lazy_greedy{min_gain, max_swaps_per_class, bound_inflation}}
        .run();
  }
};

}  // namespace mll
