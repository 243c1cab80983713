// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/cuda.cuh"
#include "mll/exec/detail/cuda_grid.cuh"
#include "mll/exec/sequential.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/detail/pair_answers.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll {

/// Second stage of CHCO on a CUDA device: as `shortlist`. All pairs of head and class are calibrated in one
/// batch, from histograms that are counted there.
///
/// @param[in] device   where to run; waits for the end
/// @param[in] source   responses, 8 bits each; read on the host, head after head, and uploaded once
/// @param[in] sources  for each class its nodes, with samples
/// @param[in] screened for each class heads by position
/// @param[in] host     where the source is read
/// @return for each class up to `keep` heads with positive slope by increasing loss, ties by position; slopes
///         and intercepts are within 1e-3 of the host's, losses within 1e-5
///
/// Throws: `invalid_argument` if `keep` is 0 or a class has no samples; `device_error`.
/// Complexity: as on the host. Determinism: the same bits from run to run, since weights are whole numbers.
template <response_source Source, exec::execution_backend Host = exec::sequential>
[[nodiscard]] std::vector<std::vector<shortlisted_head>> shortlist(
    const exec::cuda& device, const Source& source, const class_evidence& sources,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options = {},
    const Host& host = {}) {
  if (options.keep == 0) throw invalid_argument{"keep", "at least 1 head per class", "0"};
  const auto answers = detail::pair_answers::read(host, source, sources, screened, options);
  return detail::device_calibration{exec::detail::cuda_grid{device}, answers}.run(screened, options);
}

}  // namespace mll
