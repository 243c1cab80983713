// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/class_means.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/planted_labels.hpp"

// task_evidence.cpp compares the means of all heads with the responses.

TEST_CASE("class_means_of returns the columns of class_means") {
  const auto planted = mll::test::plant({5, 1, 8}, {{{0}, {1}, {2}}, {{2}}}, 21);
  const auto labels = planted.labels();
  mll::matrix<float> cosines(14, 3);
  for (Eigen::Index i = 0; i < cosines.size(); ++i) cosines.data()[i] = static_cast<float>(i % 5) / 5;
  const mll::general_heads general{mll::matrix<float>::Identity(3, 3), cosines, 4};
  const mll::task_evidence evidence{labels, planted.match, &general};
  const mll::matrix<float> all = mll::class_means(mll::exec::sequential{}, evidence);
  REQUIRE(all.cols() == 7);
  const std::vector<std::uint32_t> positions{6, 0, 3};
  const mll::matrix<float> some = mll::class_means_of(evidence, positions);
  REQUIRE(some.cols() == 3);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    for (Eigen::Index y = 0; y < 3; ++y)
      CHECK(some(y, static_cast<Eigen::Index>(i)) ==
            doctest::Approx(all(y, static_cast<Eigen::Index>(positions[i]))).epsilon(1e-6));
  }
  CHECK(mll::general_means(mll::exec::sequential{}, evidence) == all.rightCols(3));
}
