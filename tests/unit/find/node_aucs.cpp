// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/find/node_aucs.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/backends.hpp"
#include "support/planted_labels.hpp"

TEST_CASE_TEMPLATE("the area under the curve is the share of pairs in order", Backend, MLL_TEST_BACKENDS) {
  const auto labels =
      mll::test::plant({9, 14, 6}, {{{0, 1, 0, 1}, {2, 2, -1, 1}}, {mll::test::planted_head{}}}, 2).labels();
  const auto found = mll::node_aucs(Backend{}, labels);
  REQUIRE(found.rows() == 3);
  REQUIRE(found.cols() == 3);
  Eigen::Index column = 0;
  for (const auto& label : labels.models()) {
    for (Eigen::Index h = 0; h < label.responses.cols(); ++h, ++column) {
      for (std::size_t v = 0; v < 3; ++v) {
        const auto own = labels.samples().rows_at(v);
        double ordered = 0;
        double pairs = 0;
        for (std::size_t a = own.first; a < own.first + own.count; ++a) {
          for (std::size_t b = 0; b < labels.samples().row_count(); ++b) {
            if (b >= own.first && b < own.first + own.count) continue;
            const int x = label.responses(static_cast<Eigen::Index>(a), h);
            const int y = label.responses(static_cast<Eigen::Index>(b), h);
            ordered += x > y ? 1 : x == y ? 0.5 : 0;
            ++pairs;
          }
        }
        CHECK(found(static_cast<Eigen::Index>(v), column) == doctest::Approx(ordered / pairs).epsilon(1e-6));
      }
    }
  }
}
