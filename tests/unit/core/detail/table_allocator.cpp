// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/table_allocator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <numeric>
#include <vector>

TEST_CASE("tables begin with a cache line, large ones with a large page, and copies too") {
  using allocator = mll::detail::table_allocator<std::uint16_t>;
  for (const std::size_t count : {std::size_t{1}, std::size_t{1000}, allocator::large / 2 + 1}) {
    std::vector<std::uint16_t, allocator> table(count);
    std::iota(table.begin(), table.end(), std::uint16_t{1});
    const auto copy = table;
    const std::size_t at_least = count * 2 >= allocator::large ? allocator::page : allocator::line;
    CHECK(reinterpret_cast<std::uintptr_t>(table.data()) % at_least == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(copy.data()) % at_least == 0);
    table.resize(2 * count);
    CHECK(std::equal(copy.begin(), copy.end(), table.begin()));
    CHECK(table[count] == 0);
  }
}

TEST_CASE("sizes beyond the address space are refused") {
  mll::detail::table_allocator<std::uint64_t> allocator;
  CHECK_THROWS_AS(static_cast<void>(allocator.allocate(static_cast<std::size_t>(-1) / 4)),
                  std::bad_array_new_length);
}
