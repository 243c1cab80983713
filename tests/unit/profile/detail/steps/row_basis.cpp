// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/detail/steps/row_basis.hpp"

#include <doctest/doctest.h>

#include <Eigen/SVD>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#include "support/shares.hpp"

namespace {

/// Columns that lie near six directions, less their means over the nodes.
mll::detail::centred_share directed_columns(const mll::sample_layout& samples, std::size_t columns) {
  mll::matrix<float> x =
      3 * mll::test::random_noise(samples.row_count(), 6, 1) * mll::test::random_noise(6, columns, 2) +
      0.1F * mll::test::random_noise(samples.row_count(), columns, 3);
  for (std::size_t v = 0; v < samples.nodes().size(); ++v) {
    const auto range = samples.rows_at(v);
    auto of_node =
        x.middleRows(static_cast<Eigen::Index>(range.first), static_cast<Eigen::Index>(range.count));
    const Eigen::RowVectorXf mean = of_node.colwise().mean();
    of_node.rowwise() -= mean;
  }
  mll::detail::centred_share out{.responses = x, .positions = {}, .counted = columns};
  out.positions.resize(columns);
  std::iota(out.positions.begin(), out.positions.end(), std::size_t{0});
  return out;
}

mll::sample_layout three_nodes() {
  const std::vector<std::size_t> counts{90, 60, 150};
  return mll::sample_layout{{mll::node_id{0U}, mll::node_id{1U}, mll::node_id{2U}}, counts};
}

mll::matrix<float> basis_of(const mll::sample_layout& samples, const mll::detail::centred_share& share,
                            std::size_t rank, const mll::detail::sum_over_ranks& add = {}) {
  return mll::detail::row_basis(mll::exec::sequential{}, samples, share, 2, rank, add);
}

}  // namespace

TEST_CASE("rows are made orthonormal; those that depend on others become 0") {
  mll::matrix<double> rows = mll::test::random_noise(5, 40, 4).cast<double>();
  rows.row(2) = 3 * rows.row(0) - rows.row(1);
  rows.row(4) *= 1e-7;
  mll::detail::orthonormalise(mll::exec::sequential{}, rows);
  Eigen::MatrixXd expected = Eigen::MatrixXd::Identity(5, 5);
  expected(2, 2) = 0;
  CHECK((rows * rows.transpose() - expected).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("a basis holds the directions of most variance") {
  const auto samples = three_nodes();
  const auto share = directed_columns(samples, 700);
  const Eigen::MatrixXd x = share.responses.cast<double>();
  const Eigen::BDCSVD<Eigen::MatrixXd> svd{x};
  for (const std::size_t rank : {1U, 6U, 20U}) {
    CAPTURE(rank);
    const Eigen::MatrixXd basis = basis_of(samples, share, rank).cast<double>();
    const auto size = static_cast<Eigen::Index>(rank);
    CHECK((basis.transpose() * basis - Eigen::MatrixXd::Identity(size, size)).cwiseAbs().maxCoeff() < 1e-5);
    const double left_out = (x - basis * (basis.transpose() * x)).squaredNorm();
    const double least = svd.singularValues().tail(svd.singularValues().size() - size).squaredNorm();
    CHECK(left_out >= 0.999 * least);
    CHECK(left_out < 1.1 * least);
    for (std::size_t v = 0; v < 3; ++v) {  // means of nodes stay 0
      const auto range = samples.rows_at(v);
      CHECK(basis.middleRows(static_cast<Eigen::Index>(range.first), static_cast<Eigen::Index>(range.count))
                .colwise()
                .sum()
                .cwiseAbs()
                .maxCoeff() < 1e-5);
    }
  }
}

TEST_CASE("a basis has the same bits in whatever order the columns are added up, and in any shares") {
  const auto samples = three_nodes();
  const auto whole = directed_columns(samples, 700);
  const mll::matrix<float> expected = basis_of(samples, whole, 9);
  mll::random_engine engine{5};
  std::vector<std::size_t> order(700);
  std::iota(order.begin(), order.end(), std::size_t{0});
  mll::shuffle(std::span{order}, engine);
  const auto part_of = [&](std::size_t first, std::size_t last) {
    mll::detail::centred_share out{
        .responses = mll::matrix<float>(300, static_cast<Eigen::Index>(last - first)),
        .positions = {},
        .counted = last - first};
    for (std::size_t c = first; c < last; ++c) {
      out.responses.col(static_cast<Eigen::Index>(c - first)) =
          whole.responses.col(static_cast<Eigen::Index>(order[c]));
      out.positions.push_back(order[c]);
    }
    return out;
  };
  CHECK(basis_of(samples, part_of(0, 700), 9) == expected);

  // Two shares: what the second adds is known from a call with all sums at hand.
  std::vector<std::vector<std::int64_t>> sums_of_whole;
  static_cast<void>(basis_of(samples, whole, 9, [&](std::span<std::int64_t> sums) {
    sums_of_whole.emplace_back(sums.begin(), sums.end());
  }));
  REQUIRE(sums_of_whole.size() == 3);
  std::vector<std::vector<std::int64_t>> parts;
  for (const std::size_t second : {0U, 1U}) {
    std::size_t call = 0;
    const auto share = second == 0 ? part_of(0, 130) : part_of(130, 700);
    static_cast<void>(basis_of(samples, share, 9, [&](std::span<std::int64_t> sums) {
      if (second == 0) {
        parts.emplace_back(sums.begin(), sums.end());
      } else {
        for (std::size_t i = 0; i < sums.size(); ++i) parts[call][i] += sums[i];
      }
      std::copy(sums_of_whole[call].begin(), sums_of_whole[call].end(), sums.begin());
      ++call;
    }));
  }
  CHECK(parts == sums_of_whole);
}
