// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/select/calibrate/shortlisted_head.hpp"

namespace mll::detail {

/// Keeps up to `max_heads` calibrated heads of a class with positive slope, by increasing loss, ties by
/// position; if no slope is positive, the first head with slope 1e-3.
///
/// @param[in,out] heads in the order of screening
inline void rank_fits(std::vector<shortlisted_head>& heads, std::size_t max_heads) {
  if (heads.empty()) return;
  const std::uint32_t first = heads.front().position;
  std::erase_if(heads, [](const shortlisted_head& head) { return !(head.fit.slope > 0); });
  if (heads.empty()) heads.push_back({first, {1e-3F, 0, static_cast<float>(std::log(2.0))}});
  std::sort(heads.begin(), heads.end(), [](const shortlisted_head& a, const shortlisted_head& b) {
    return a.fit.loss != b.fit.loss ? a.fit.loss < b.fit.loss : a.position < b.position;
  });
  if (heads.size() > max_heads) heads.resize(max_heads);
}

}  // namespace mll::detail
