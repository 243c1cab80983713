// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/activation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

TEST_CASE("activations of the rows of a block") {
  mll::matrix<float> larger = mll::matrix<float>::Constant(4, 5, -9);
  auto block = larger.block(1, 1, 2, 3);
  const auto fill = [&] { block << 0, 1, 2, 500, -500, 500; };
  fill();
  mll::activate(mll::activation::softmax, block);
  const double total = 1 + std::exp(1.0) + std::exp(2.0);
  for (Eigen::Index h = 0; h < 3; ++h) {
    CHECK(block(0, h) == doctest::Approx(std::exp(static_cast<double>(h)) / total).epsilon(1e-6));
  }
  CHECK(block(1, 0) == 0.5F);
  CHECK(block(1, 1) == 0);
  CHECK(block(1, 2) == 0.5F);

  fill();
  mll::activate(mll::activation::sigmoid, block);
  CHECK(block(0, 0) == 0.5F);
  CHECK(block(0, 1) == doctest::Approx(1 / (1 + std::exp(-1.0))).epsilon(1e-6));
  CHECK(block(1, 0) == 1);
  CHECK(block(1, 1) == 0);

  fill();
  mll::activate(mll::activation::identity, block);
  CHECK(block(0, 2) == 2);
  block.setConstant(-9);
  CHECK((larger.array() == -9).all());  // nothing outside the block changes
}

TEST_CASE("a row with NaN or an infinite score has no softmax, and no other row is affected") {
  const float nan = std::nanf("");
  const float infinity = std::numeric_limits<float>::infinity();
  mll::matrix<float> scores(5, 3);
  scores << nan, 1, 2, 1, nan, 2, 1, 2, nan, 0, infinity, 0, 1, 1, 1;
  mll::activate(mll::activation::softmax, scores);
  for (Eigen::Index r = 0; r < 4; ++r) {
    for (Eigen::Index h = 0; h < 3; ++h) CHECK(std::isnan(scores(r, h)));
  }
  CHECK(scores(4, 0) == doctest::Approx(1.0 / 3));
}
