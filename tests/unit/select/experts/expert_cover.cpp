// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/expert_cover.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// The objective from its definition: sum over classes of the three largest relevances.
double covered(const mll::matrix<float>& relevance, const std::vector<std::size_t>& first,
               const std::vector<std::size_t>& experts) {
  double sum = 0;
  for (Eigen::Index y = 0; y < relevance.rows(); ++y) {
    std::vector<float> values;
    for (const std::size_t m : experts)
      for (std::size_t h = first[m]; h < first[m + 1]; ++h)
        values.push_back(relevance(y, static_cast<Eigen::Index>(h)));
    std::sort(values.begin(), values.end(), std::greater<>{});
    values.resize(std::min<std::size_t>(3, values.size()));
    sum += std::accumulate(values.begin(), values.end(), 0.0);
  }
  return sum;
}

}  // namespace

TEST_CASE("every step takes the expert with the largest gain") {
  mll::random_engine engine{11};
  for (int round = 0; round < 20; ++round) {
    const std::vector<std::size_t> first{0, 2, 5, 6, 10, 13};
    mll::matrix<float> relevance(4, 13);
    for (Eigen::Index i = 0; i < relevance.size(); ++i)
      relevance.data()[i] = static_cast<float>(mll::test::uniform(engine, 0, 1));
    const std::vector<std::size_t> all{0, 1, 2, 3, 4};
    const auto chosen = mll::expert_cover(mll::exec::sequential{}, relevance, first, all, 4);
    REQUIRE(chosen.size() == 4);
    std::vector<std::size_t> taken;
    for (const std::size_t m : chosen) {
      double best = -1;
      for (const std::size_t other : all) {
        if (std::find(taken.begin(), taken.end(), other) != taken.end()) continue;
        auto with = taken;
        with.push_back(other);
        best = std::max(best, covered(relevance, first, with));
      }
      taken.push_back(m);
      CHECK(covered(relevance, first, taken) == doctest::Approx(best).epsilon(1e-6));
    }
  }
}

TEST_CASE("only candidates are chosen, ties go to the first, and the count may exceed them") {
  const std::vector<std::size_t> first{0, 1, 2, 3};
  mll::matrix<float> relevance(1, 3);
  relevance << 0.5F, 0.5F, 0.9F;
  const mll::exec::sequential backend;
  CHECK(mll::expert_cover(backend, relevance, first, {0, 1, 2}, 2) == std::vector<std::size_t>{2, 0});
  CHECK(mll::expert_cover(backend, relevance, first, {0, 1}, 5) == std::vector<std::size_t>{0, 1});
  CHECK_THROWS_WITH_AS((void)mll::expert_cover(backend, relevance, first, {0}, 0),
                       "count: expected at least 1 expert, found 0", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("expert_cover is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{12};
  std::vector<std::size_t> first{0};
  std::vector<std::size_t> all;
  for (std::size_t m = 0; m < 40; ++m) {
    first.push_back(first.back() + 1 + engine() % 5);
    all.push_back(m);
  }
  mll::matrix<float> relevance(7, static_cast<Eigen::Index>(first.back()));
  for (Eigen::Index i = 0; i < relevance.size(); ++i)
    relevance.data()[i] = static_cast<float>(mll::test::uniform(engine, 0, 1));
  CHECK(mll::expert_cover(Backend{}, relevance, first, all, 12) ==
        mll::expert_cover(mll::exec::sequential{}, relevance, first, all, 12));
}
