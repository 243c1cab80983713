// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <vector>

#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/label/statistics/device_node_statistics.cuh"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"
#include "mll/select/screen/detail/device_screening.hpp"

namespace mll {

/// First stage of CHCO on a CUDA device: as `screen` over `node_statistics`, with the same heads and the same
/// scores, bit for bit, ties by position.
///
/// @param[in] device     where to run; waits for the end
/// @param[in] statistics mean responses by node, in the memory of that device
/// @param[in] sources    for each class its nodes; at least two classes
/// @param[in] keep       heads to keep per class, 1 to 1024
/// @return for each class up to `keep` heads by decreasing reuse score, ties by position
///
/// Throws: `invalid_argument` if `keep` is out of range, there are fewer than two classes or a node is out of
/// range; `device_error`. Complexity: O(heads (nodes of the classes + classes)); reads 2 bytes a head and
/// node of the classes, once for all but the heads that are near the best of many classes. Memory on the
/// device: 64 KiB a class.
[[nodiscard]] inline std::vector<std::vector<screened_head>> screen(const exec::cuda& device,
                                                                    const device_node_statistics& statistics,
                                                                    const class_evidence& sources,
                                                                    std::size_t keep) {
  return detail::device_screening{exec::detail::cuda_grid{device}, statistics.view(), sources, keep}.run();
}

}  // namespace mll
