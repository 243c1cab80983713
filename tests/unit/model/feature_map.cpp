// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/feature_map.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/hashed_words.hpp"

static_assert(mll::feature_map<mll::test::hashed_words>, "sparse features");

namespace {

struct no_matrix {
  using sample_type = int;
  static std::size_t dimension() { return 1; }
  static std::vector<float> transform(std::span<const int>) { return {}; }
};

}  // namespace

static_assert(!mll::feature_map<no_matrix>);
static_assert(!mll::feature_map<int>);

TEST_CASE("vector_features copies vectors to rows") {
  const mll::vector_features features{2};
  CHECK(features.dimension() == 2);
  const std::vector<Eigen::VectorXf> batch{Eigen::Vector2f{1, 2}, Eigen::Vector2f{3, 4}};
  const auto rows = features.transform(batch);
  CHECK(rows.rows() == 2);
  CHECK(rows(0, 1) == 2);
  CHECK(rows(1, 0) == 3);
  CHECK(features.transform({}).rows() == 0);
  const std::vector<Eigen::VectorXf> wrong{Eigen::Vector2f{1, 2}, Eigen::Vector3f{3, 4, 5}};
  CHECK_THROWS_WITH_AS(static_cast<void>(features.transform(wrong)),
                       "batch: expected samples of length 2, found length 3 at position 1",
                       mll::invalid_argument);
}
