// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/product.hpp"

#include <doctest/doctest.h>

#include <boost/random/normal_distribution.hpp>
#include <vector>

#include "mll/core/random.hpp"

namespace {

mll::matrix<float> random_matrix(Eigen::Index rows, Eigen::Index columns, mll::random_engine& engine) {
  boost::random::normal_distribution<float> normal;
  mll::matrix<float> out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = normal(engine);
  return out;
}

}  // namespace

TEST_CASE("product is the matrix product, for every height around a block") {
  mll::random_engine engine{3};
  for (const Eigen::Index rows : {0, 1, 31, 32, 33, 64, 100}) {
    const auto a = random_matrix(rows, 17, engine);
    const auto b = random_matrix(17, 5, engine);
    const auto c = mll::detail::product<float>(a, b);
    REQUIRE(c.rows() == rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
      for (Eigen::Index j = 0; j < 5; ++j) {
        double expected = 0;
        for (Eigen::Index k = 0; k < 17; ++k) {
          expected += static_cast<double>(a(i, k)) * static_cast<double>(b(k, j));
        }
        CHECK(static_cast<double>(c(i, j)) == doctest::Approx(expected).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("product gives the same bits whatever the number of Eigen's threads") {
  mll::random_engine engine{4};
  const auto a = random_matrix(700, 301, engine);
  const auto b = random_matrix(301, 203, engine);
  const int before = Eigen::nbThreads();
  Eigen::setNbThreads(1);
  const auto one = mll::detail::product<float>(a, b);
  for (const int threads : {2, 3, 8}) {
    Eigen::setNbThreads(threads);
    CHECK(mll::detail::product<float>(a, b) == one);
  }
  Eigen::setNbThreads(before);
}
