// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/source/label_source.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "support/complaints.hpp"
#include "support/planted_labels.hpp"

TEST_CASE("a label source reads what the labels hold") {
  const auto planted = mll::test::plant({4, 3, 5}, mll::test::mixed_hub(3, 2, 1, 1), 17);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  static_assert(mll::response_source<decltype(source)>);
  REQUIRE(source.head_count() == labels.head_count());
  CHECK(source.sample_count(1) == 3);
  std::size_t position = 0;
  const std::vector<mll::node_samples> some{{2, 5}, {0, 2}};
  std::vector<std::uint8_t> out(7);
  for (const auto& label : labels.models()) {
    for (std::uint32_t h = 0; h < label.heads.size(); ++h, ++position) {
      CHECK(source.head(position) == mll::head_id{label.model, h});
      source.read(position, some, out);
      const auto first = labels.samples().rows_at(2).first;
      for (std::size_t i = 0; i < 5; ++i)
        CHECK(out[i] == label.responses(static_cast<Eigen::Index>(first + i), static_cast<Eigen::Index>(h)));
      for (std::size_t i = 0; i < 2; ++i) {
        const auto row = labels.samples().rows_at(0).first + i;
        CHECK(out[5 + i] == label.responses(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(h)));
      }
    }
  }
}

TEST_CASE("a label source refuses requests for what it does not have") {
  const auto planted = mll::test::plant({4, 3}, mll::test::mixed_hub(2, 1, 0, 0), 17);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  std::vector<std::uint8_t> out(5);
  const std::vector<mll::node_samples> too_many{{0, 5}};
  CHECK_THROWS_WITH_AS(source.read(0, too_many, out),
                       "which: expected at most 4 samples of the node, found 5", mll::invalid_argument);
  const std::vector<mll::node_samples> few{{0, 4}};
  CHECK_THROWS_WITH_AS(source.read(0, few, out), "out: expected 4 values, found 5", mll::invalid_argument);
}
