// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/checked_product.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <vector>

using mll::detail::checked_product;
using extents = std::vector<std::size_t>;

TEST_CASE("checked_product returns the product, or nothing beyond the limit") {
  constexpr std::size_t max = std::numeric_limits<std::size_t>::max();
  CHECK(checked_product(extents{}) == 1);
  CHECK(checked_product(extents{3, 4, 5}) == 60);
  CHECK(checked_product(extents{3, 4, 5}, 60) == 60);
  CHECK_FALSE(checked_product(extents{3, 4, 5}, 59));
  CHECK(checked_product(extents{max, 1}) == max);
  CHECK_FALSE(checked_product(extents{max, 2}));
  CHECK_FALSE(checked_product(extents{std::size_t{1} << 60U, 16}));
  CHECK_FALSE(checked_product(extents{std::size_t{1} << 32U, std::size_t{1} << 32U, max}));
  CHECK(checked_product(extents{max, max, 0}) == 0);
  CHECK(checked_product(extents{0, max, max}, 10) == 0);
}
