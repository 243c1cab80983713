// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <vector>

#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/select/combine/detail/device_search.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll {

/// Third stage of CHCO on a CUDA device: as `greedy_search` on coded responses, for log-likelihood.
///
/// The same steps and the same rule for ties (lower class, then better candidate). Gains differ from the
/// host's in the last bits, so that the choice is the same unless two gains are nearer to each other than
/// about 1e-6; it is the same from run to run.
struct device_greedy_search {
  double least_gain = 1e-6;     ///< smaller gains are taken for noise
  std::size_t swap_passes = 4;  ///< at most so many exchanges per class are made
  double caution = 2;           ///< not negative; with infinity every class is looked at after every step

  /// @param[in] device where to run; waits for the end
  /// @param[in] pool   uploaded once
  /// @return for each class 1 to `heads_per_class` candidates
  ///
  /// Throws: `invalid_argument` if `caution` is negative or a class has no candidate; `device_error`.
  /// Complexity: as `greedy_search`. Memory on the device: 8 bytes a row and class, 8 bytes a pair of
  /// classes, and the codes.
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(const exec::cuda& device,
                                                               const head_pool& pool) const {
    return detail::device_search{exec::detail::cuda_grid{device}, pool,
                                 detail::search_rules{least_gain, swap_passes, caution}}
        .run();
  }
};

}  // namespace mll
