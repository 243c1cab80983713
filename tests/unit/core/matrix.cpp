// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/matrix.hpp"

#include <doctest/doctest.h>

namespace {

const float* data_of(mll::const_matrix_ref<float> view) {
  return view.data();
}
float* writable_data_of(mll::matrix_ref<float> view) {
  return view.data();
}

}  // namespace

TEST_CASE("views bind to row-major data without a copy") {
  mll::matrix<float> values(4, 3);
  CHECK(data_of(values) == values.data());
  CHECK(writable_data_of(values) == values.data());
  CHECK(data_of(values.middleRows(1, 2)) == &values(1, 0));
  CHECK(writable_data_of(values.middleRows(1, 2)) == &values(1, 0));
  CHECK(data_of(values.middleCols(1, 2)) == &values(0, 1));
  CHECK(writable_data_of(values.block(1, 1, 2, 2)) == &values(1, 1));
  CHECK(data_of(values.row(2)) == &values(2, 0));
}

TEST_CASE("a view of a block keeps its stride") {
  mll::matrix<float> values = mll::matrix<float>::Zero(3, 3);
  const auto fill = [](mll::matrix_ref<float> view) { view.setOnes(); };
  fill(values.block(1, 1, 2, 2));
  CHECK(values.sum() == 4);
  CHECK(values(1, 1) == 1);
  CHECK(values(2, 2) == 1);
  CHECK(values(1, 0) == 0);
}

TEST_CASE("a read-only view copies anything that is not row-major") {
  Eigen::MatrixXf columns(2, 2);
  columns << 1, 2, 3, 4;
  const auto read = [&](mll::const_matrix_ref<float> view) {
    CHECK(view.data() != columns.data());
    CHECK(view(0, 1) == 2);
    CHECK(view(1, 0) == 3);
  };
  read(columns);
  read(columns + Eigen::MatrixXf::Zero(2, 2));
}
