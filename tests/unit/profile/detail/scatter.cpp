// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/detail/scatter.hpp"

#include <doctest/doctest.h>

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
