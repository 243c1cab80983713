// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/exec/sequential.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll {

/// Second stage of CHCO on a CUDA device: `shortlist`, with all pairs of head and class calibrated in one
/// batch from histograms counted on the device.
///
/// @code
/// const mll::label_source source{labels};
/// const auto nodes = mll::evidence_of(match, labels.samples());
/// const auto screened = mll::screen(backend, mll::node_statistics{labels}, nodes, 64);
/// const auto lists = mll::shortlist(mll::exec::cuda{}, source, nodes, screened, {.max_heads = 24});
/// @endcode
///
/// @param[in] device   where to run; returns when the device has finished
/// @param[in] source   8-bit responses; read on the host, head by head, and uploaded once
/// @param[in] nodes    evidence nodes per class; every class has samples
/// @param[in] screened screened heads per class
/// @param[in] options  limits and prior
/// @param[in] host     backend that reads the source
/// @return per class up to `options.max_heads` heads with positive slope by increasing loss, ties by
/// position;
///         slopes and intercepts within 1e-3 of the host's, losses within 1e-5
///
/// Throws: `invalid_argument` if `max_heads` is 0 or a class has no samples; `device_error`.
/// Complexity: as on the host. Determinism: bitwise reproducible, since weights are integers.
template <response_source Source, exec::execution_backend Host = exec::sequential>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist(
    const exec::cuda& device, const Source& source, const class_evidence& nodes,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options = {},
    const Host& host = {}) {
  if (options.max_heads == 0) throw invalid_argument{"max_heads", "at least 1 head per class", "0"};
  const auto pairs = detail::pair_responses::read(host, source, nodes, screened, options);
  return detail::device_calibration{exec::detail::cuda_grid{device}, pairs}.run(screened, options);
}

}  // namespace mll
