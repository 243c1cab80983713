// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/top_k.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "mll/core/random.hpp"
#include "support/backends.hpp"

namespace {

// Small whole numbers: their products are exact in any order, and many of them are equal.
mll::matrix<float> whole_numbers(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  mll::matrix<float> out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i) {
    out.data()[i] = static_cast<float>(mll::derive_seed(seed, static_cast<std::uint64_t>(i)) % 7) - 3;
  }
  return out;
}

template <class Backend, class Rows>
void check(const Backend& backend, const Rows& rows, const mll::matrix<float>& queries, std::size_t k) {
  const mll::nearest_rows found = mll::top_k(backend, rows, queries, k);
  const auto wanted =
      static_cast<Eigen::Index>(std::min<std::size_t>(k, static_cast<std::size_t>(rows.rows())));
  REQUIRE(found.row.rows() == queries.rows());
  REQUIRE(found.row.cols() == wanted);
  REQUIRE(found.score.rows() == queries.rows());
  REQUIRE(found.score.cols() == wanted);
  const Eigen::MatrixXd exact = queries.template cast<double>() * rows.template cast<double>().transpose();
  std::vector<std::uint32_t> order(static_cast<std::size_t>(rows.rows()));
  std::size_t wrong = 0;
  for (Eigen::Index q = 0; q < queries.rows(); ++q) {
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return exact(q, a) > exact(q, b); });
    for (Eigen::Index i = 0; i < wanted; ++i) {
      const std::uint32_t expected = order[static_cast<std::size_t>(i)];
      wrong += found.row(q, i) != expected || static_cast<double>(found.score(q, i)) != exact(q, expected);
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("top_k agrees with sorting all products; ties go to the lower row", Backend,
                   MLL_TEST_BACKENDS) {
  const Backend backend{};
  const auto rows = whole_numbers(3001, 37, 1);
  for (const Eigen::Index queries : {1, 2, 3, 4, 16, 17, 33, 70}) {
    const auto some = whole_numbers(queries, 37, 2);
    for (const std::size_t k : {1U, 5U, 100U}) check(backend, rows, some, k);
  }
  check(backend, rows, whole_numbers(5, 37, 3), 3001);
  check(backend, rows, whole_numbers(1, 37, 3), 5000);
  check(backend, rows, whole_numbers(3, 37, 3), 0);
  check(backend, rows, whole_numbers(0, 37, 3), 3);
  check(backend, mll::matrix<float>(whole_numbers(1, 37, 4)), whole_numbers(9, 37, 3), 2);
  check(backend, mll::matrix<float>(0, 37), whole_numbers(9, 37, 3), 2);
}

TEST_CASE("widen converts every half to its value") {
  std::vector<Eigen::half> all;
  for (unsigned bits = 0; bits <= 0xFFFFU; ++bits) {
    const auto value = Eigen::numext::bit_cast<Eigen::half>(static_cast<std::uint16_t>(bits));
    if ((Eigen::numext::isfinite)(value)) all.push_back(value);
  }
  all.pop_back();  // so that their number is odd
  std::vector<float> wide(all.size());
  mll::detail::widen(all.data(), all.size(), wide.data());
  bool same = true;
  for (std::size_t i = 0; i < all.size(); ++i) same = same && wide[i] == static_cast<float>(all[i]);
  CHECK(same);
  CHECK(all.size() == 63487);
}

TEST_CASE_TEMPLATE("top_k of rows in half precision", Backend, MLL_TEST_BACKENDS) {
  const mll::matrix<Eigen::half> rows = whole_numbers(2050, 20, 1).cast<Eigen::half>();
  for (const Eigen::Index queries : {1, 3, 20}) check(Backend{}, rows, whole_numbers(queries, 20, 2), 7);
}

TEST_CASE("top_k of more queries and longer rows than fit into the caches") {
  check(mll::exec::sequential{}, whole_numbers(701, 600, 1), whole_numbers(400, 600, 2), 3);
}

TEST_CASE("top_k of increasing products, where each row is better than all before") {
  mll::matrix<float> rows(5000, 1);
  for (Eigen::Index i = 0; i < rows.rows(); ++i) rows(i, 0) = static_cast<float>(i);
  for (const Eigen::Index queries : {1, 5}) {
    check(mll::exec::sequential{}, rows, mll::matrix<float>::Constant(queries, 1, 1), 10);
    check(mll::exec::sequential{}, rows, mll::matrix<float>::Constant(queries, 1, -1), 10);
    check(mll::exec::sequential{}, rows, mll::matrix<float>::Zero(queries, 1), 10);
  }
}

TEST_CASE("top_k searches a block of a wider matrix in place") {
  const auto wide = whole_numbers(1200, 50, 1);
  const auto part = wide.middleCols(3, 40);
  const auto queries = whole_numbers(6, 40, 2);
  const auto found = mll::top_k(mll::exec::sequential{}, part, queries, 4);
  const auto same = mll::top_k(mll::exec::sequential{}, mll::matrix<float>{part}, queries, 4);
  CHECK(found.row == same.row);
  CHECK(found.score == same.score);
}

TEST_CASE_TEMPLATE("top_k is bitwise the same on every backend and for any other queries", Backend,
                   MLL_TEST_BACKENDS) {
  mll::matrix<float> rows(4000, 45);
  for (Eigen::Index i = 0; i < rows.size(); ++i) {
    rows.data()[i] =
        static_cast<float>(mll::derive_seed(5, static_cast<std::uint64_t>(i)) % 1000) / 999 - 0.5F;
  }
  for (const Eigen::Index queries : {2, 50}) {
    const auto some = rows.middleRows(100, queries);
    const auto one = mll::top_k(mll::exec::sequential{}, rows, some, 9);
    const auto other = mll::top_k(Backend{}, rows, some, 9);
    CHECK(one.row == other.row);
    CHECK(one.score == other.score);
  }
  const auto four = mll::top_k(Backend{}, rows, rows.topRows(4), 9);
  const auto many = mll::top_k(Backend{}, rows, rows.topRows(40), 9);
  CHECK(four.score == many.score.topRows(4));
}

TEST_CASE("top_k rejects mismatched columns and products that are not finite") {
  const auto rows = whole_numbers(20, 3, 1);
  CHECK_THROWS_WITH_AS((void)mll::top_k(mll::exec::sequential{}, rows, whole_numbers(2, 4, 1), 3),
                       "queries: expected 3 columns, like the rows, found 4", mll::invalid_argument);
  mll::matrix<float> bad = rows;
  bad.row(7).setConstant(std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_WITH_AS((void)mll::top_k(mll::exec::sequential{}, bad, rows.topRows(2), 20),
                       "rows and queries: expected finite inner products, found others for query 0",
                       mll::invalid_argument);
  CHECK(mll::top_k(mll::exec::sequential{}, bad, rows.topRows(2), 19).row.cols() == 19);
}
