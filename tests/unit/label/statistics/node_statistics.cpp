// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/statistics/node_statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>

#include "support/planted_labels.hpp"

TEST_CASE("node_statistics hold the means of labels within 2^-17") {
  const auto planted = mll::test::plant({3, 5, 2}, mll::test::mixed_hub(3, 70, 4, 1), 71);
  const auto labels = planted.labels();
  const mll::node_statistics table{labels};
  REQUIRE(table.node_count() == 3);
  REQUIRE(table.head_count() == labels.head_count());
  for (std::size_t v = 0; v < 3; ++v) {
    const auto row = table.row(v);
    CHECK(row.size() % mll::node_statistics::padding == 0);
    std::size_t at = 0;
    for (const auto& label : labels.models()) {
      for (Eigen::Index h = 0; h < label.mean.cols(); ++h, ++at) {
        const float mean = static_cast<float>(row[at]) / mll::node_statistics::one;
        CHECK(std::abs(mean - label.mean(static_cast<Eigen::Index>(v), h)) <= 1.0F / 131072 + 1e-7F);
      }
    }
    for (; at < row.size(); ++at) CHECK(row[at] == 0);
  }
}

TEST_CASE("node_statistics refuse arguments out of range") {
  mll::node_statistics table{2, 3};
  table.set(1, 2, 1);
  CHECK(table.row(1)[2] == 65535);
  CHECK(table.row(0)[2] == 0);
  CHECK_THROWS_WITH_AS(table.set(2, 0, 0), "node: expected below 2, found 2", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(table.set(0, 3, 0), "head: expected below 3, found 3", mll::invalid_argument);
  CHECK_THROWS_AS(table.set(0, 0, 1.5F), mll::invalid_argument);
  CHECK_THROWS_AS(table.set(0, 0, std::nanf("")), mll::invalid_argument);
}
