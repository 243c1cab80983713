// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/SparseCore>
#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"

namespace mll::detail {

// Templates over the scalar: Eigen's decompositions are compiled only where an embedder is fitted.

/// The largest singular values of a matrix and their right singular vectors.
template <class T>
struct truncated_svd_result {
  Eigen::VectorX<T> singular_values;  ///< decreasing; fewer than requested for a matrix of lower rank
  matrix<T> right;                    ///< `[columns, values]`, orthonormal columns
};

/// Options of `truncated_svd`.
struct truncated_svd_options {
  std::size_t oversampling = 16;     ///< additional vectors of the iteration
  std::size_t power_iterations = 3;  ///< with more, closer to the exact decomposition
  std::uint64_t seed = 0;
};

/// Eigenvalues, decreasing, and eigenvectors of `y^T y`, without those at rounding level.
///
/// Uses a self-adjoint update, a tridiagonal form and reflections of single vectors, none of which Eigen
/// parallelises; `SelfAdjointEigenSolver::compute` applies its reflections in blocks, whose products depend
/// on the number of threads.
template <class T>
struct gram_spectrum {
  Eigen::VectorX<T> values;
  matrix<T> vectors;  // [columns of y, values]

  explicit gram_spectrum(const matrix<T>& y) {
    Eigen::MatrixX<T> gram = Eigen::MatrixX<T>::Zero(y.cols(), y.cols());
    gram.template selfadjointView<Eigen::Lower>().rankUpdate(y.transpose());
    gram = Eigen::MatrixX<T>{gram.template selfadjointView<Eigen::Lower>()};
    Eigen::MatrixX<T> all;
    Eigen::VectorX<T> increasing;
    if (gram.rows() == 1) {
      increasing = gram.col(0);
      all = Eigen::MatrixX<T>::Ones(1, 1);
    } else {
      const Eigen::Tridiagonalization<Eigen::MatrixX<T>> tridiagonal{gram};
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixX<T>> solver;
      solver.computeFromTridiagonal(tridiagonal.diagonal(), tridiagonal.subDiagonal(),
                                    Eigen::ComputeEigenvectors);
      increasing = solver.eigenvalues();
      all = solver.eigenvectors();
      for (Eigen::Index i = 0; i < all.cols(); ++i) {
        const Eigen::VectorX<T> reflected = tridiagonal.matrixQ() * all.col(i);
        all.col(i) = reflected;
      }
    }
    const T floor = T{1e-13} * std::max(increasing(increasing.size() - 1), T{0});
    Eigen::Index kept = 0;
    while (kept < increasing.size() && increasing(increasing.size() - 1 - kept) > floor) ++kept;
    values = increasing.tail(kept).reverse();
    vectors = all.rightCols(kept).rowwise().reverse();
  }
};

/// An orthonormal basis of the column space.
template <class T>
[[nodiscard]] matrix<T> orthonormal_basis(matrix<T> y) {
  for (int round = 0; round < 2; ++round) {  // the second round removes the rounding error of the first
    const gram_spectrum<T> spectrum{y};
    const matrix<T> scaled = spectrum.vectors * spectrum.values.cwiseSqrt().cwiseInverse().asDiagonal();
    y = product<T>(y, scaled);
  }
  return y;
}

/// The `rank` largest singular values of a sparse matrix and their right singular vectors, by subspace
/// iteration from a random start (Halko, Martinsson and Tropp 2011). The entry of largest magnitude of each
/// vector is positive.
///
/// Complexity: O((power_iterations + 1) (nonzeros l + columns l^2) + rows l^2), l = rank + oversampling.
/// Determinism: depends on matrix and seed only, not on the number of threads.
template <class T>
[[nodiscard]] truncated_svd_result<T> truncated_svd(const Eigen::SparseMatrix<T, Eigen::RowMajor>& x,
                                                    std::size_t rank,
                                                    const truncated_svd_options& options = {}) {
  const auto width = std::min<Eigen::Index>(static_cast<Eigen::Index>(rank + options.oversampling),
                                            std::min(x.rows(), x.cols()));
  random_engine engine{derive_seed(options.seed, 0)};
  boost::random::normal_distribution<T> normal;
  matrix<T> basis(x.cols(), width);
  for (Eigen::Index i = 0; i < basis.size(); ++i) basis.data()[i] = normal(engine);

  matrix<T> image;
  for (std::size_t i = 0; i <= options.power_iterations; ++i) {
    basis = orthonormal_basis(std::move(basis));
    image.noalias() = x * basis;
    basis.noalias() = x.transpose() * image;
  }
  basis = orthonormal_basis(std::move(basis));
  image.noalias() = x * basis;
  const gram_spectrum<T> spectrum{image};
  const Eigen::Index kept = std::min(static_cast<Eigen::Index>(rank), spectrum.values.size());

  truncated_svd_result<T> out;
  out.singular_values = spectrum.values.head(kept).cwiseSqrt();
  out.right = product<T>(basis, spectrum.vectors.leftCols(kept));
  for (Eigen::Index i = 0; i < kept; ++i) {
    Eigen::Index top = 0;
    out.right.col(i).cwiseAbs().maxCoeff(&top);
    if (out.right(top, i) < 0) out.right.col(i) *= -1;
  }
  return out;
}

}  // namespace mll::detail
