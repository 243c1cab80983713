// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/linear_algebra.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "mll/core/detail/solve_large_spd.hpp"
#include "mll/core/random.hpp"
#include "support/planted_labels.hpp"

namespace {

// A well-conditioned symmetric positive definite matrix.
Eigen::MatrixXd random_spd(Eigen::Index size, mll::random_engine& engine) {
  Eigen::MatrixXd x(size, size + 3);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = mll::test::uniform(engine, -1, 1);
  return x * x.transpose() + 0.1 * Eigen::MatrixXd::Identity(size, size);
}

}  // namespace

TEST_CASE("dot and add_scaled take vectors of any length") {
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 30U}) {
    std::vector<double> a(size);
    std::vector<double> b(size);
    double expected = 0;
    for (std::size_t i = 0; i < size; ++i) {
      a[i] = static_cast<double>(i) + 1;
      b[i] = 2 - static_cast<double>(i);
      expected += a[i] * b[i];
    }
    CHECK(mll::detail::dot(a, b) == expected);  // whole numbers: exact
    std::vector<double> sum = b;
    mll::detail::add_scaled(3, a, sum);
    for (std::size_t i = 0; i < size; ++i) CHECK(sum[i] == b[i] + 3 * a[i]);
  }
}

TEST_CASE("row_of and zeros") {
  mll::matrix<float> values = mll::detail::zeros<float>(2, 3);
  CHECK(values.isZero());
  mll::detail::row_of(values, 1)[2] = 5;
  CHECK(values(1, 2) == 5);
  const mll::matrix<float>& constant = values;
  CHECK(mll::detail::row_of(constant, 1).size() == 3);
  CHECK(mll::detail::row_of(constant, 1)[2] == 5);
}

TEST_CASE("both solvers of symmetric positive definite equations agree with Eigen") {
  mll::random_engine engine{7};
  for (const Eigen::Index size : {1, 2, 5, 40}) {
    const Eigen::MatrixXd a = random_spd(size, engine);
    Eigen::MatrixXd b(size, 3);
    for (Eigen::Index i = 0; i < b.size(); ++i) b.data()[i] = mll::test::uniform(engine, -1, 1);
    const Eigen::MatrixXd expected = a.ldlt().solve(b);

    Eigen::MatrixXd found = b;
    mll::detail::solve_large_spd(a, found);
    CHECK((found - expected).cwiseAbs().maxCoeff() < 1e-9);

    mll::matrix<double> lower = a;
    lower.triangularView<Eigen::StrictlyUpper>().setZero();  // not read
    std::vector<double> x(b.data(), b.data() + size);
    mll::detail::solve_spd(lower, x);
    for (Eigen::Index i = 0; i < size; ++i)
      CHECK(x[static_cast<std::size_t>(i)] == doctest::Approx(expected(i, 0)).epsilon(1e-9));
  }
}
