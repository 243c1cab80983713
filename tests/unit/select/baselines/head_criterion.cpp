// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/head_criterion.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/head_pools.hpp"
#include "support/planted_labels.hpp"

namespace {

struct example {
  std::vector<mll::example> rows;
  Eigen::ArrayXf answers;

  template <class Criterion>
  [[nodiscard]] double measure(std::size_t y) const {
    const mll::detail::ranked_responses ranked{{answers.data(), rows.size()}, rows};
    return Criterion::measure(ranked, mll::class_id{y});
  }
  [[nodiscard]] double answer(std::size_t i) const {
    return static_cast<double>(answers[static_cast<Eigen::Index>(i)]);
  }
  // Weight of a row on its side, for class y against the rest; each side sums to 1.
  [[nodiscard]] double share(std::size_t i, std::size_t y) const {
    const bool own = rows[i].target.index() == y;
    double side = 0;
    for (const auto& row : rows)
      side += (row.target.index() == y) == own ? static_cast<double>(row.weight) : 0;
    return static_cast<double>(rows[i].weight) / side;
  }
};

// Uneven weights and responses on a coarse grid, so that there are ties.
example random_example(mll::random_engine& engine) {
  example out{mll::test::rows_of(std::vector<std::size_t>{5, 9, 4}), Eigen::ArrayXf(18)};
  std::vector<double> total(3, 0);
  for (auto& row : out.rows) {
    row.weight = static_cast<float>(mll::test::uniform(engine, 0.2, 1));
    total[row.target.index()] += static_cast<double>(row.weight);
  }
  for (auto& row : out.rows)
    row.weight = static_cast<float>(static_cast<double>(row.weight) / total[row.target.index()]);
  for (Eigen::Index i = 0; i < 18; ++i) out.answers[i] = static_cast<float>(engine() % 7) - 3;
  return out;
}

double auc_by_pairs(const example& given, std::size_t y) {
  double out = 0;
  for (std::size_t i = 0; i < given.rows.size(); ++i) {
    for (std::size_t j = 0; j < given.rows.size(); ++j) {
      if (given.rows[i].target.index() != y || given.rows[j].target.index() == y) continue;
      const double lead = given.answer(i) - given.answer(j);
      out += given.share(i, y) * given.share(j, y) * (lead > 0 ? 1 : lead == 0 ? 0.5 : 0);
    }
  }
  return out;
}

double f1_by_thresholds(const example& given, std::size_t y) {
  double best = 0;
  for (std::size_t at = 0; at < given.rows.size(); ++at) {
    double hits = 0;
    double alarms = 0;
    for (std::size_t i = 0; i < given.rows.size(); ++i) {
      if (given.answer(i) < given.answer(at)) continue;
      (given.rows[i].target.index() == y ? hits : alarms) += given.share(i, y);
    }
    if (hits > 0) {
      const double precision = hits / (hits + alarms);
      best = std::max(best, 2 * precision * hits / (precision + hits));
    }
  }
  return best;
}

double difference_of_means(const example& given, std::size_t y) {
  double out = 0;
  for (std::size_t i = 0; i < given.rows.size(); ++i) {
    const double response = 1 / (1 + std::exp(-given.answer(i)));
    out += (given.rows[i].target.index() == y ? 1 : -1) * given.share(i, y) * response;
  }
  return out;
}

}  // namespace

TEST_CASE("the criteria agree with their definitions") {
  mll::random_engine engine{101};
  for (int round = 0; round < 50; ++round) {
    const example given = random_example(engine);
    for (std::size_t y = 0; y < 3; ++y) {
      CHECK(given.measure<mll::area_under_roc>(y) == doctest::Approx(auc_by_pairs(given, y)).epsilon(1e-5));
      CHECK(given.measure<mll::best_f1>(y) == doctest::Approx(f1_by_thresholds(given, y)).epsilon(1e-5));
      CHECK(given.measure<mll::mean_difference>(y) ==
            doctest::Approx(difference_of_means(given, y)).epsilon(1e-5));
    }
  }
}

TEST_CASE("a perfect head has the largest measure, a reversed head the smallest, a constant head neither") {
  example given{mll::test::rows_of(std::vector<std::size_t>{3, 4, 2}), Eigen::ArrayXf::Constant(9, -12)};
  given.answers.head(3).setConstant(12);
  CHECK(given.measure<mll::area_under_roc>(0) == doctest::Approx(1));
  CHECK(given.measure<mll::best_f1>(0) == doctest::Approx(1));
  CHECK(given.measure<mll::mean_difference>(0) == doctest::Approx(1).epsilon(1e-4));

  given.answers = -given.answers;
  CHECK(given.measure<mll::area_under_roc>(0) == doctest::Approx(0));
  CHECK(given.measure<mll::mean_difference>(0) == doctest::Approx(-1).epsilon(1e-4));

  given.answers.setConstant(1);
  CHECK(given.measure<mll::area_under_roc>(0) == doctest::Approx(0.5));
  CHECK(given.measure<mll::best_f1>(0) == doctest::Approx(2.0 / 3));  // everything is called the class
  CHECK(std::abs(given.measure<mll::mean_difference>(0)) < 1e-6);
}
