#include "mll/select/combine/detail/packed_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/error.hpp"

namespace {

// Classes of 5, 0 and 3 rows, the first of two weights.
std::vector<mll::example> some_rows() {
  std::vector<mll::example> out;
  for (std::size_t i = 0; i < 8; ++i)
    out.push_back({i, mll::class_id{i < 5 ? 0U : 2U}, i < 2 ? 0.25F : i < 5 ? 0.5F : 1.0F});
  return out;
}

// Numbers rows from 1 and looks for them where they were put.
void check_places(const std::vector<mll::example>& rows, std::size_t classes) {
  const mll::detail::packed_rows packed{rows, classes};
  constexpr std::size_t block_rows = mll::detail::packed_rows::block_rows;
  REQUIRE(packed.width() * packed.strips() == block_rows);
  REQUIRE(packed.size() == packed.block_count() * block_rows);
  std::vector<std::uint32_t> number(rows.size());
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<std::uint32_t>(i + 1);
  std::vector<std::uint32_t> placed(packed.size(), 0);
  packed.pack(number.data(), placed.data());
  std::vector<std::uint32_t> found;
  for (std::size_t block = 0; block < packed.block_count(); ++block) {
    const auto fillers = packed.fillers(block);
    for (std::size_t i = 0; i < block_rows; ++i) {
      const std::uint32_t here = placed[block * block_rows + i];
      const float weight = packed.row_weights()[block * block_rows + i];
      CHECK((here == 0) == (std::find(fillers.begin(), fillers.end(), i) != fillers.end()));
      CHECK((here == 0) == (weight == 0));
      if (here == 0) continue;
      found.push_back(here);
      const mll::example& row = rows[here - 1U];
      const std::size_t place = i % packed.width();
      CHECK(weight == row.weight);
      CHECK(packed.weights()[block * packed.width() + place] == row.weight);
      CHECK(packed.labels()[block * packed.width() + place] == row.target.index());
      for (std::size_t y = 0; y < classes; ++y) {
        const auto own = packed.places_of_class(block, y);
        CHECK((place >= own.begin && place < own.end) == (y == row.target.index()));
      }
    }
  }
  std::sort(found.begin(), found.end());
  CHECK(found == number);
}

}  // namespace

TEST_CASE("packed rows at one place of all strips have the same class and weight, and none is lost") {
  check_places(some_rows(), 3);
  check_places({}, 1);
  std::vector<mll::example> many;
  for (std::size_t i = 0; i < 3000; ++i)
    many.push_back({i, mll::class_id{i / 700}, static_cast<float>(1 + i / 350)});
  check_places(many, 6);
}

TEST_CASE("packed rows have as many strips as there are rows alike") {
  const auto strips = [](std::size_t alike) {
    std::vector<mll::example> rows;
    for (std::size_t i = 0; i < 4096; ++i)
      rows.push_back({i, mll::class_id{0}, i / alike % 2 == 0 ? 1.0F : 2.0F});
    return mll::detail::packed_rows{rows, 1}.strips();
  };
  CHECK(strips(4) == 4);
  CHECK(strips(8) == 8);
  CHECK(strips(64) == 16);
}

TEST_CASE("packed rows want rows by increasing class") {
  auto rows = some_rows();
  std::swap(rows.front(), rows.back());
  CHECK_THROWS_WITH_AS((mll::detail::packed_rows{rows, 3}),
                       "rows: expected rows by increasing class, found class 0 after 2",
                       mll::invalid_argument);
}
