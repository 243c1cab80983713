#include "mll/model/activation.hpp"

#include <doctest/doctest.h>

#include <cmath>

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
