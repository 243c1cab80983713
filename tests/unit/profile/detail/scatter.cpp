// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/detail/scatter.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

TEST_CASE_TEMPLATE("the scatter is the product of the rows with themselves", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{141};
  for (const Eigen::Index width : {1, 31, 32, 33, 70}) {
    mll::matrix<float> rows(25, width);
    for (Eigen::Index i = 0; i < rows.size(); ++i)
      rows.data()[i] = static_cast<float>(mll::test::uniform(engine, -1, 1));
    const mll::matrix<float> found = mll::detail::scatter(Backend{}, rows, 4);
    const Eigen::MatrixXd x = rows.cast<double>();
    CHECK((found.cast<double>() - x.transpose() * x / 4).cwiseAbs().maxCoeff() < 1e-5);
    CHECK(found == mll::detail::scatter(mll::exec::sequential{}, rows, 4));
  }
}

TEST_CASE("an entry depends on its two columns alone, to the bit") {
  mll::random_engine engine{142};
  const mll::exec::sequential backend;
  for (const Eigen::Index height : {1, 7, 47, 300, 700}) {
    const Eigen::Index width = 131;
    mll::matrix<float> rows(height, width);
    for (Eigen::Index i = 0; i < rows.size(); ++i)
      rows.data()[i] = static_cast<float>(mll::test::uniform(engine, -1, 1));
    const mll::matrix<float> whole = mll::detail::scatter(backend, rows, 3);
    CHECK(whole == whole.transpose());
    std::vector<Eigen::Index> order(static_cast<std::size_t>(width));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Eigen::Index>(i);
    mll::shuffle(std::span{order}, engine);
    for (const Eigen::Index count : {1, 31, 50, 97}) {
      mll::matrix<float> some(height, count);
      for (Eigen::Index i = 0; i < count; ++i) some.col(i) = rows.col(order[static_cast<std::size_t>(i)]);
      const mll::matrix<float> cross = mll::detail::cross_scatter(backend, some, rows, 3);
      const mll::matrix<float> own = mll::detail::scatter(backend, some, 3);
      bool is_same = true;
      for (Eigen::Index i = 0; i < count; ++i) {
        const Eigen::Index at = order[static_cast<std::size_t>(i)];
        is_same = is_same && cross.row(i) == whole.row(at);
        for (Eigen::Index j = 0; j < count; ++j)
          is_same = is_same && own(i, j) == whole(at, order[static_cast<std::size_t>(j)]);
      }
      CHECK(is_same);
    }
  }
}
