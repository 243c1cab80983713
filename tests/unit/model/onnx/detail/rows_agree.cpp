// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/onnx/detail/rows_agree.hpp"

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("rows agree if they are finite and equal but for rounding") {
  using mll::detail::rows_agree;
  using mll::detail::rows_differ;
  mll::matrix<float> rows(3, 2);
  rows << 0.1F, 0.9F, 0.4F, 0.6F, 0.7F, 0.3F;
  mll::matrix<float> other = rows;
  CHECK(rows_agree(rows, other));
  other(1, 1) += 5e-4F;
  CHECK(rows_agree(rows, other));
  other(1, 1) += 1e-2F;
  CHECK_FALSE(rows_agree(rows, other));
  CHECK(rows_agree(1000 * rows, 1000.1F * rows));
  CHECK_FALSE(rows_agree(1e-6F * rows, 2e-6F * rows));
  CHECK(rows_differ(rows));
  CHECK_FALSE(rows_differ(rows.topRows(1)));
  CHECK_FALSE(rows_differ(mll::matrix<float>::Constant(4, 3, 0.25F)));
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    other = rows;
    other(2, 0) = odd;
    CHECK_FALSE(rows_agree(rows, other));
    CHECK_FALSE(rows_agree(other, other));
  }
}
