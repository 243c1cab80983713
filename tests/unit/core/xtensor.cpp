// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/xtensor.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

#include "mll/core/matrix.hpp"

namespace {

const float* data_behind(mll::const_matrix_ref<float> view) {
  return view.data();
}

template <class T>
concept viewable = requires(T&& tensor) { mll::as_matrix(std::forward<T>(tensor)); };

}  // namespace

static_assert(viewable<xt::xtensor<float, 2>&> && viewable<const xt::xtensor<float, 2>&>);
static_assert(!viewable<xt::xtensor<float, 2>>, "a view of a temporary would dangle");

TEST_CASE("a tensor is viewed as a matrix without a copy") {
  xt::xtensor<float, 2> tensor{{1, 2, 3}, {4, 5, 6}};
  auto view = mll::as_matrix(tensor);
  CHECK(view.data() == tensor.data());
  CHECK(view.rows() == 2);
  CHECK(view.cols() == 3);
  CHECK(view(1, 0) == 4);
  view(0, 2) = 9;
  CHECK(tensor(0, 2) == 9);
  CHECK(data_behind(view) == tensor.data());  // also in the views of the library
  CHECK(data_behind(mll::as_matrix(std::as_const(tensor))) == tensor.data());
}

TEST_CASE("a matrix of any layout becomes a tensor with the same entries") {
  Eigen::MatrixXd columns(2, 3);
  columns << 1, 2, 3, 4, 5, 6;
  const auto tensor = mll::as_xtensor(columns);
  const mll::matrix<double> rows = columns;
  const auto other = mll::as_xtensor(rows);
  for (Eigen::Index r = 0; r < 2; ++r) {
    for (Eigen::Index c = 0; c < 3; ++c) {
      CHECK(tensor(r, c) == columns(r, c));
      CHECK(other(r, c) == columns(r, c));
    }
  }
  CHECK(mll::as_matrix(tensor) == columns);
}

TEST_CASE("empty tensors and matrices") {
  const auto tensor = mll::as_xtensor(mll::matrix<float>(0, 3));
  CHECK(tensor.shape(0) == 0);
  CHECK(tensor.shape(1) == 3);
  CHECK(mll::as_matrix(tensor).rows() == 0);
  CHECK(mll::as_matrix(tensor).cols() == 3);
}
