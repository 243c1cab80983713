// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/detail/lbfgs.hpp"

#include <doctest/doctest.h>

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "support/planted_labels.hpp"

TEST_CASE("minimise_lbfgs finds the minimum of quadratics, of badly scaled ones too") {
  mll::random_engine engine{51};
  for (const double condition : {1.0, 1e2, 1e4}) {
    constexpr Eigen::Index n = 12;
    Eigen::VectorXd minimum(n);
    Eigen::VectorXd curvature(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      minimum[i] = mll::test::uniform(engine, -3, 3);
      curvature[i] = std::pow(condition, static_cast<double>(i) / (n - 1));
    }
    const auto f = [&](std::span<const double> at, std::span<double> out) {
      const Eigen::Map<const Eigen::VectorXd> x{at.data(), n};
      Eigen::Map<Eigen::VectorXd> gradient{out.data(), n};
      gradient = (curvature.array() * (x - minimum).array()).matrix();
      return 0.5 * (curvature.array() * (x - minimum).array().square()).sum();
    };
    Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
    mll::detail::minimise_lbfgs(std::span{x.data(), n}, f, 500, 1e-8);
    CHECK((x - minimum).lpNorm<Eigen::Infinity>() < 1e-6);
  }
}

TEST_CASE("minimise_lbfgs follows a curved convex valley") {
  // exp makes it anything but quadratic; the gradient vanishes where x0 = log 2 and x1 = x0.
  const auto f = [](std::span<const double> x, std::span<double> gradient) {
    const double ravine = x[1] - x[0];
    gradient[0] = std::exp(x[0]) - 2 - 200 * ravine;
    gradient[1] = 200 * ravine;
    return std::exp(x[0]) - 2 * x[0] + 100 * ravine * ravine;
  };
  for (const double start : {-3.0, 0.0, 3.0}) {
    std::array<double, 2> x{start, -start};
    mll::detail::minimise_lbfgs(x, f, 500, 1e-8);
    CHECK(x[0] == doctest::Approx(std::log(2.0)).epsilon(1e-6));
    CHECK(x[1] == doctest::Approx(std::log(2.0)).epsilon(1e-6));
  }
}

TEST_CASE("minimise_lbfgs never raises the function, and stops after the given passes") {
  std::size_t calls = 0;
  double last = 0;
  const auto f = [&](std::span<const double> at, std::span<double> out) {
    const Eigen::Map<const Eigen::ArrayXd> x{at.data(), static_cast<Eigen::Index>(at.size())};
    ++calls;
    Eigen::Map<Eigen::ArrayXd>{out.data(), x.size()} = 4 * x.cube();
    return last = x.pow(4).sum();
  };
  for (const std::size_t passes : {0U, 1U, 3U, 10U}) {
    Eigen::VectorXd x = Eigen::VectorXd::Constant(3, 5);
    calls = 0;
    mll::detail::minimise_lbfgs(std::span{x.data(), 3}, f, passes, 1e-12);
    if (passes == 0) CHECK(calls == 1);
    CHECK(x.array().pow(4).sum() <= 3 * 625.0);
    if (passes > 0) CHECK(x.array().pow(4).sum() < 3 * 625.0);
  }
  Eigen::VectorXd settled = Eigen::VectorXd::Zero(3);
  calls = 0;
  mll::detail::minimise_lbfgs(std::span{settled.data(), 3}, f, 100, 1e-6);
  CHECK(calls == 1);
  CHECK(settled.isZero());
}
