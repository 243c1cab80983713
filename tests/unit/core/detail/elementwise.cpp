// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/elementwise.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

TEST_CASE_TEMPLATE("exponentials and logarithms agree with the standard library", T, float, double) {
  const T tolerance = 4 * std::numeric_limits<T>::epsilon();
  for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 50U}) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i) * static_cast<T>(0.7) - 12;
    std::vector<T> found = values;
    mll::detail::exp_in_place(std::span{found});
    for (std::size_t i = 0; i < count; ++i)
      CHECK(std::abs(found[i] - std::exp(values[i])) <= tolerance * std::exp(values[i]));
    const std::vector<T> positive = found;
    mll::detail::log_in_place(std::span{found});
    for (std::size_t i = 0; i < count; ++i)
      CHECK(std::abs(found[i] - std::log(positive[i])) <= tolerance * (1 + std::abs(std::log(positive[i]))));
  }
}

TEST_CASE("an exponential does not depend on where its value stands") {
  std::vector<float> values(40);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.37F * static_cast<float>(i) - 7;
  std::vector<float> whole = values;
  mll::detail::exp_in_place(std::span{whole});
  for (std::size_t first = 0; first < values.size(); ++first) {
    std::vector<float> part(values.begin() + static_cast<std::ptrdiff_t>(first), values.end());
    mll::detail::exp_in_place(std::span{part});
    CHECK(part.front() == whole[first]);
  }
}

TEST_CASE("logarithms of 0 and of infinity are infinite") {
  std::vector<float> values{0, std::numeric_limits<float>::infinity()};
  mll::detail::log_in_place(std::span{values});
  CHECK(values[0] == -std::numeric_limits<float>::infinity());
  CHECK(values[1] == std::numeric_limits<float>::infinity());
}
