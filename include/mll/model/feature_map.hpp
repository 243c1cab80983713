// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"

namespace mll {

/// Turns samples of any type into rows of numbers, so that one linear model or network serves them all.
///
/// Valid expressions for a `const F f`:
/// - `F::sample_type`
/// - `f.dimension()`: width of a row
/// - `f.transform(batch)`: an Eigen matrix `[batch.size(), dimension()]`, dense or, for text and other wide
///   data, sparse (`Eigen::SparseMatrix<float, Eigen::RowMajor>`); each row depends on its sample only
///
/// Models: `vector_features`.
template <class F>
concept feature_map = std::copy_constructible<F> && requires {
  typename F::sample_type;
} && requires(const F& f, std::span<const typename F::sample_type> batch, const matrix<float>& weights) {
  { f.dimension() } -> std::convertible_to<std::size_t>;
  matrix<float>{f.transform(batch) * weights};
};

/// Samples that are rows of numbers already.
class vector_features {
 public:
  using sample_type = Eigen::VectorXf;

  /// @param[in] dimension length of every sample
  explicit vector_features(std::size_t dimension) noexcept : dimension_{dimension} {}

  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  /// Throws: `invalid_argument` if a sample has another length.
  [[nodiscard]] matrix<float> transform(std::span<const Eigen::VectorXf> batch) const {
    matrix<float> out(static_cast<Eigen::Index>(batch.size()), static_cast<Eigen::Index>(dimension_));
    for (std::size_t r = 0; r < batch.size(); ++r) {
      if (batch[r].size() != out.cols()) {
        throw invalid_argument{
            "batch", "samples of length " + std::to_string(dimension_),
            "length " + std::to_string(batch[r].size()) + " at position " + std::to_string(r)};
      }
      out.row(static_cast<Eigen::Index>(r)) = batch[r].transpose();
    }
    return out;
  }

 private:
  std::size_t dimension_;
};

static_assert(feature_map<vector_features>);

}  // namespace mll
