// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/sample_type.hpp"

namespace mll {

/// `f.dimension()`, a number.
template <class F>
concept has_feature_dimension = requires(const F& f) {
  { f.dimension() } -> std::convertible_to<std::size_t>;
};

/// `f.transform(batch)`, a matrix.
template <class F>
concept has_transform =
    requires(const F& f, std::span<const typename F::sample_type> batch, const matrix<float>& weights) {
      matrix<float>{f.transform(batch) * weights};
    };

/// Turns samples into rows of features, the input of `linear_classifier` and `mlp_classifier`.
///
/// Valid expressions for a `const F f`:
/// - `F::sample_type`
/// - `f.dimension()`: number of features
/// - `f.transform(batch)`: an Eigen matrix `[batch.size(), dimension()]`, dense or sparse
///   (`Eigen::SparseMatrix<float, Eigen::RowMajor>`, for text and other wide data); a row depends on its
///   sample only
///
/// @code
/// struct text_length {
///   using sample_type = std::string;
///   std::size_t dimension() const { return 1; }
///   mll::matrix<float> transform(std::span<const std::string> batch) const {
///     mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()), 1);
///     for (std::size_t r = 0; r < batch.size(); ++r)
///       out(static_cast<Eigen::Index>(r), 0) = static_cast<float>(batch[r].size());
///     return out;
///   }
/// };
/// static_assert(mll::feature_map<text_length>);
/// @endcode
///
/// Models: `vector_features`.
template <class F>
concept feature_map =
    std::copy_constructible<F> && has_sample_type<F> && has_feature_dimension<F> && has_transform<F>;

/// Features of samples that are vectors already. A sample with a number that is not finite becomes a row of
/// NaN, so that no model has a score for it; an infinite number could come out as a score that looks right.
class vector_features {
 public:
  using sample_type = Eigen::VectorXf;

  /// @param[in] dimension length of each sample
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
      float* const row = out.data() + r * dimension_;
      bool finite = true;
      for (std::size_t d = 0; d < dimension_; ++d) {
        row[d] = batch[r].data()[d];
        finite = finite && std::isfinite(row[d]);
      }
      if (!finite) std::fill_n(row, dimension_, std::numeric_limits<float>::quiet_NaN());
    }
    return out;
  }

 private:
  std::size_t dimension_;
};

static_assert(feature_map<vector_features>);

}  // namespace mll
