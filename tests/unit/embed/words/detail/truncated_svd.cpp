// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/detail/truncated_svd.hpp"

#include <doctest/doctest.h>

#include <boost/random/uniform_real_distribution.hpp>

#include "support/thin_svd.hpp"

namespace {

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, Eigen::Index rank, std::uint64_t seed) {
  mll::random_engine engine{seed};
  boost::random::uniform_real_distribution<double> uniform{-1, 1};
  Eigen::MatrixXd left(rows, rank);
  Eigen::MatrixXd right(rank, cols);
  for (Eigen::Index i = 0; i < left.size(); ++i) left.data()[i] = uniform(engine);
  for (Eigen::Index i = 0; i < right.size(); ++i) right.data()[i] = uniform(engine);
  for (Eigen::Index k = 0; k < rank; ++k) left.col(k) *= std::pow(0.6, static_cast<double>(k));
  return left * right;
}

}  // namespace

TEST_CASE("truncated_svd agrees with the full decomposition") {
  struct shape {
    Eigen::Index rows, cols, rank;
  };
  for (const shape& size : {shape{40, 30, 30}, {30, 70, 30}, {50, 20, 4}, {1, 9, 1}, {9, 1, 1}}) {
    const auto rows = size.rows;
    const auto cols = size.cols;
    const auto rank = size.rank;
    CAPTURE(rows);
    CAPTURE(cols);
    const Eigen::MatrixXd dense = random_matrix(rows, cols, rank, static_cast<std::uint64_t>(rows));
    const Eigen::SparseMatrix<double, Eigen::RowMajor> sparse = dense.sparseView();
    const auto exact = mll::test::thin_svd(dense);
    const auto found = mll::detail::truncated_svd(sparse, 6, {.power_iterations = 6});
    const Eigen::Index kept = std::min<Eigen::Index>(6, rank);
    REQUIRE(found.singular_values.size() == kept);
    REQUIRE(found.right.cols() == kept);
    REQUIRE(found.right.rows() == cols);
    CHECK((found.right.transpose() * found.right - Eigen::MatrixXd::Identity(kept, kept))
              .cwiseAbs()
              .maxCoeff() < 1e-9);
    for (Eigen::Index k = 0; k < kept; ++k) {
      CHECK(found.singular_values(k) == doctest::Approx(exact.singularValues()(k)).epsilon(1e-8));
      CHECK(std::abs(found.right.col(k).dot(exact.matrixV().col(k))) == doctest::Approx(1).epsilon(1e-6));
      Eigen::Index top = 0;
      found.right.col(k).cwiseAbs().maxCoeff(&top);
      CHECK(found.right(top, k) > 0);
    }
  }
}

TEST_CASE("truncated_svd is bitwise the same for any number of threads") {
  const Eigen::SparseMatrix<double, Eigen::RowMajor> sparse = random_matrix(400, 300, 90, 5).sparseView();
  const auto once = mll::detail::truncated_svd(sparse, 60);
  const int threads = Eigen::nbThreads();
  for (const int n : {1, 2, 3}) {
    Eigen::setNbThreads(n);
    const auto again = mll::detail::truncated_svd(sparse, 60);
    CHECK((once.right.array() == again.right.array()).all());
    CHECK((once.singular_values.array() == again.singular_values.array()).all());
  }
  Eigen::setNbThreads(threads);
}
