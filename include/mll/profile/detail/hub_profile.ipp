// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
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

MLL_DEFINE Eigen::MatrixXd hub_profile::covariance_of(std::span<const std::uint32_t> dimensions) const {
  const std::size_t size = dimensions.size();
  Eigen::MatrixXd out(static_cast<Eigen::Index>(size), static_cast<Eigen::Index>(size));
  const auto column = [&](std::size_t j) { return std::span{out.data() + j * size, size}; };
  if (factor.empty()) {
    for (std::size_t j = 0; j < size; ++j) {
      const std::span<const float> row = detail::row_of(covariance, dimensions[j]);
      for (std::size_t i = 0; i < size; ++i) column(j)[i] = static_cast<double>(row[dimensions[i]]);
    }
    return out;
  }
  const auto rank = static_cast<std::size_t>(factor.loadings.cols());
  matrix<double> left(static_cast<Eigen::Index>(size), factor.loadings.cols());
  matrix<double> right(factor.loadings.cols(), static_cast<Eigen::Index>(size));
  for (std::size_t i = 0; i < size; ++i) {
    const std::span<const float> row = detail::row_of(factor.loadings, dimensions[i]);
    for (std::size_t k = 0; k < rank; ++k)
      detail::row_of(left, i)[k] = detail::row_of(right, k)[i] = static_cast<double>(row[k]);
  }
  const matrix<double> all = detail::product<double>(left, right);
  const std::size_t heads = head_count();
  for (std::size_t j = 0; j < size; ++j) {
    const std::size_t b = dimensions[j];
    for (std::size_t i = 0; i <= j; ++i) {
      const std::size_t a = dimensions[i];
      double value = detail::row_of(all, j)[i];
      if (a == b) value = static_cast<double>(factor.variances[a]);
      if (a >= heads && b >= heads)
        value = static_cast<double>(detail::row_of(factor.of_embeddings, a - heads)[b - heads]);
      column(j)[i] = column(i)[j] = value;
    }
  }
  return out;
}

MLL_DEFINE Eigen::MatrixXd hub_profile::shrunk_covariance(std::span<const std::uint32_t> dimensions) const {
  Eigen::MatrixXd out = covariance_of(dimensions);
  const auto size = static_cast<double>(dimensions.size());
  detail::shrink_covariance(out, 1.2 * std::sqrt(size / std::max(1.0, degrees_of_freedom)));
  return out;
}

}  // namespace mll
