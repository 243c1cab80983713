// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/packed_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/error.hpp"

namespace {

// Classes of 5, 0 and 3 rows; the first has two weights.
std::vector<mll::example> some_rows() {
  std::vector<mll::example> out;
  for (std::size_t i = 0; i < 8; ++i)
    out.push_back({i, mll::class_id{i < 5 ? 0U : 2U}, i < 2 ? 0.25F : i < 5 ? 0.5F : 1.0F});
  return out;
}

// Numbers the rows from 1, packs the numbers and checks where they are.
void check_columns(const std::vector<mll::example>& rows, std::size_t classes) {
  const mll::detail::packed_rows packed{rows, classes};
  constexpr std::size_t block_rows = mll::detail::packed_rows::block_rows;
  REQUIRE(packed.width() * packed.strips() == block_rows);
  REQUIRE(packed.size() == packed.block_count() * block_rows);
  std::vector<std::uint32_t> number(rows.size());
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<std::uint32_t>(i + 1);
  std::vector<std::uint32_t> packed_number(packed.size(), 0);
  packed.pack(number.data(), packed_number.data());
  std::vector<std::uint32_t> found;
  for (std::size_t block = 0; block < packed.block_count(); ++block) {
    const auto padding = packed.padding_rows(block);
    for (std::size_t i = 0; i < block_rows; ++i) {
      const std::uint32_t here = packed_number[block * block_rows + i];
      const float weight = packed.row_weights()[block * block_rows + i];
      CHECK((here == 0) == (std::find(padding.begin(), padding.end(), i) != padding.end()));
      CHECK((here == 0) == (weight == 0));
      if (here == 0) continue;
      found.push_back(here);
      const mll::example& row = rows[here - 1U];
      const std::size_t column = i % packed.width();
      CHECK(weight == row.weight);
      CHECK(packed.weights()[block * packed.width() + column] == row.weight);
      CHECK(packed.targets()[block * packed.width() + column] == row.target.index());
      for (std::size_t y = 0; y < classes; ++y) {
        const auto own = packed.columns_of_class(block, y);
        CHECK((column >= own.begin && column < own.end) == (y == row.target.index()));
      }
    }
  }
  std::sort(found.begin(), found.end());
  CHECK(found == number);
}

}  // namespace

TEST_CASE("packed_rows: the rows of a column have the same class and weight, and no row is lost") {
  check_columns(some_rows(), 3);
  check_columns({}, 1);
  std::vector<mll::example> many;
  for (std::size_t i = 0; i < 3000; ++i)
    many.push_back({i, mll::class_id{i / 700}, static_cast<float>(1 + i / 350)});
  check_columns(many, 6);
}

TEST_CASE("packed_rows: longer runs of equal rows give more strips") {
  const auto strips = [](std::size_t run) {
    std::vector<mll::example> rows;
    for (std::size_t i = 0; i < 4096; ++i)
      rows.push_back({i, mll::class_id{0}, i / run % 2 == 0 ? 1.0F : 2.0F});
    return mll::detail::packed_rows{rows, 1}.strips();
  };
  CHECK(strips(4) == 4);
  CHECK(strips(8) == 8);
  CHECK(strips(64) == 16);
}

TEST_CASE("packed_rows throws if rows are not ordered by increasing class") {
  auto rows = some_rows();
  std::swap(rows.front(), rows.back());
  CHECK_THROWS_WITH_AS((mll::detail::packed_rows{rows, 3}),
                       "rows: expected rows by increasing class, found class 0 after class 2",
                       mll::invalid_argument);
}
