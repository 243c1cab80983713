#include "mll/select/detail/packed_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/error.hpp"

namespace {

// Classes of 5, 0 and 3 rows, the first of two weights.
std::vector<mll::evidence_row> some_rows() {
  std::vector<mll::evidence_row> out;
  for (std::size_t i = 0; i < 8; ++i)
    out.push_back({i, mll::class_id{i < 5 ? 0U : 2U}, i < 2 ? 0.25F : i < 5 ? 0.5F : 1.0F});
  return out;
}

}  // namespace

TEST_CASE("packed rows at one place of all strips have the same class and weight, and none is lost") {
  const auto rows = some_rows();
  const mll::detail::packed_rows packed{rows, 3};
  REQUIRE(packed.width() == 3);  // 2, 3 and 3 rows fill a place each
  CHECK(packed.rows().size() == 12);
  CHECK(packed.fillers().size() == 4);
  CHECK(packed.first_of(0) == 0);
  CHECK(packed.first_of(1) == 2);
  CHECK(packed.first_of(2) == 2);
  CHECK(packed.first_of(3) == 3);

  std::vector<std::uint8_t> number(rows.size());
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<std::uint8_t>(i + 1);
  std::vector<std::uint8_t> placed(packed.rows().size(), 77);
  packed.pack(number.data(), placed.data());
  std::vector<std::uint8_t> found;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const bool is_filler = std::find(packed.fillers().begin(), packed.fillers().end(),
                                     static_cast<Eigen::Index>(i)) != packed.fillers().end();
    CHECK(is_filler == (placed[i] == 0));
    CHECK(is_filler == (packed.rows()[i].weight == 0));
    if (is_filler) continue;
    found.push_back(placed[i]);
    const mll::evidence_row& row = rows[placed[i] - 1U];
    CHECK(packed.rows()[i].label == row.label);
    CHECK(packed.weights()[static_cast<Eigen::Index>(i % packed.width())] == row.weight);
  }
  std::sort(found.begin(), found.end());
  CHECK(found == number);
}

TEST_CASE("packed rows want rows by increasing class") {
  auto rows = some_rows();
  std::swap(rows.front(), rows.back());
  CHECK_THROWS_WITH_AS((mll::detail::packed_rows{rows, 3}),
                       "rows: expected rows by increasing class, found class 0 after 2",
                       mll::invalid_argument);
}
