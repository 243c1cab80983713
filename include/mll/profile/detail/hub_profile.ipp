// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/profile/detail/shrink_covariance.hpp"
#include "mll/profile/hub_profile.hpp"

namespace mll {

MLL_DEFINE double hub_profile::name_match(std::size_t head, node_id v) const {
  const head_meaning& meaning = meanings[head];
  if (!meaning.node.valid() || !v.valid()) return 0;
  const relative* const found = content->ancestors().find(v, meaning.node);
  if (found == nullptr) return 0;
  return meaning.confidence * std::pow(0.8, static_cast<double>(found->distance));
}

MLL_DEFINE Eigen::MatrixXd hub_profile::shrunk_covariance(std::span<const std::uint32_t> dimensions) const {
  const auto size = static_cast<Eigen::Index>(dimensions.size());
  Eigen::MatrixXd out(size, size);
  for (Eigen::Index j = 0; j < size; ++j) {
    const std::span<const float> row = detail::row_of(covariance, dimensions[static_cast<std::size_t>(j)]);
    for (Eigen::Index i = 0; i < size; ++i)
      out(i, j) = static_cast<double>(row[dimensions[static_cast<std::size_t>(i)]]);
  }
  detail::shrink_covariance(out,
                            1.2 * std::sqrt(static_cast<double>(size) / std::max(1.0, degrees_of_freedom)));
  return out;
}

}  // namespace mll
