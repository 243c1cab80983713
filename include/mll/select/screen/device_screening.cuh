// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/label/statistics/device_node_statistics.cuh"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/device_screening.hpp"

namespace mll {

/// First stage of CHCO on a CUDA device: the heads and scores of `screen` over `node_statistics`, bit for
/// bit.
///
/// @code
/// const mll::exec::cuda device;
/// const mll::device_node_statistics means{device, mll::node_statistics{labels}};  // once per hub
/// const auto nodes = mll::evidence_of(match, labels.samples());
/// const auto screened = mll::screen(device, means, nodes, 64);  // screened[y]: best heads for class y
/// @endcode
///
/// @param[in] device     where to run; returns when the device has finished
/// @param[in] statistics mean responses per node, in the memory of the device
/// @param[in] nodes      evidence nodes per class; at least two classes
/// @param[in] max_heads  heads per class, in [1, 1024]
/// @return per class up to `max_heads` heads by decreasing reuse score, ties by position
///
/// Throws: `invalid_argument` if `max_heads` or a node is out of range, there are fewer than two classes, or
/// the statistics are on another device; `device_error`. Complexity: O(heads x (nodes of the classes +
/// classes)); reads 2 bytes per head and node of the classes, twice for heads that score high for many
/// classes. Device memory: 80 KiB per class.
[[nodiscard]] inline std::vector<std::vector<screened_head>> screen(const exec::cuda& device,
                                                                    const device_node_statistics& statistics,
                                                                    const class_evidence& nodes,
                                                                    std::size_t max_heads) {
  if (statistics.device() != device.device()) {
    throw invalid_argument{"statistics", "memory of CUDA device " + std::to_string(device.device()),
                           "memory of CUDA device " + std::to_string(statistics.device())};
  }
  return detail::device_screening{exec::detail::cuda_grid{device}, statistics.view(), nodes, max_heads}.run();
}

}  // namespace mll
