// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/top_heads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// Positions of the votes of each class, best first.
template <class Evidence>
std::vector<std::vector<std::size_t>> positions_of(const Evidence& evidence, const mll::ensemble& fitted) {
  std::vector<std::vector<std::size_t>> out;
  for (const auto& votes : fitted.votes) {
    out.emplace_back();
    for (const auto& v : votes) out.back().push_back(evidence.position(fitted.heads[v.head]));
  }
  return out;
}

template <class Criterion, class Backend>
void check_against_sorting() {
  const auto planted = mll::test::plant({6, 3, 8}, mll::test::mixed_hub(3, 5, 4, 0.7), 121);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const std::size_t heads = evidence.heads().size();
  for (const std::size_t count : {1U, 4U, 1000U}) {
    const auto found = positions_of(evidence, mll::top_heads<Criterion>{count}(Backend{}, evidence));
    REQUIRE(found.size() == 3);
    for (std::size_t y = 0; y < 3; ++y) {
      std::vector<double> relevance;
      std::vector<std::size_t> order;
      for (std::size_t p = 0; p < heads; ++p) {
        const std::vector<std::uint32_t> position{static_cast<std::uint32_t>(p)};
        const Eigen::ArrayXXf answers = evidence.log_odds(mll::exec::sequential{}, position);
        relevance.push_back(Criterion::measure(
            mll::detail::ranked_responses{{answers.data(), evidence.rows().size()}, evidence.rows()},
            mll::class_id{y}));
        order.push_back(p);
      }
      std::stable_sort(order.begin(), order.end(),
                       [&](std::size_t a, std::size_t b) { return relevance[a] > relevance[b]; });
      order.resize(std::min(count, heads));
      CHECK(found[y] == order);
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("top_heads takes the best heads by its criterion, ties by position", Backend,
                   MLL_TEST_BACKENDS) {
  check_against_sorting<mll::mean_difference, Backend>();
  check_against_sorting<mll::best_f1, Backend>();
  check_against_sorting<mll::area_under_roc, Backend>();
}

TEST_CASE("top_heads averages probabilities and finds the planted heads") {
  const auto planted = mll::test::plant({20, 20, 20}, mll::test::mixed_hub(3, 3, 6, 2), 122);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto check = [&](const mll::ensemble& fitted) {
    CHECK(fitted.scale == mll::vote_scale::probability);
    for (std::size_t y = 0; y < 3; ++y) {
      REQUIRE(fitted.votes[y].size() == 3);
      for (const auto& v : fitted.votes[y]) {
        CHECK(v.weight == doctest::Approx(1.0 / 3));
        CHECK(fitted.heads[v.head].model.index() < 3);
        CHECK(fitted.heads[v.head].index == y);
      }
    }
    CHECK(mll::test::macro_accuracy_of(mll::combine(fitted, mll::test::log_odds_of(planted, fitted)),
                                       planted.truth) > 0.9);
  };
  check(mll::top_heads<mll::mean_difference>{}(mll::exec::sequential{}, evidence));
  check(mll::top_heads<mll::best_f1>{}(mll::exec::sequential{}, evidence));
  check(mll::top_heads<mll::area_under_roc>{}(mll::exec::sequential{}, evidence));
}

TEST_CASE("top_heads is named after its criterion and refuses a count of 0") {
  CHECK(mll::top_heads<>::name() == "top_heads<mean_difference>");
  CHECK(mll::top_heads<mll::best_f1>::name() == "top_heads<best_f1>");
  CHECK(mll::top_heads<mll::area_under_roc>::name() == "top_heads<area_under_roc>");
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 123);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  CHECK_THROWS_WITH_AS((void)mll::top_heads<>{0}(mll::exec::sequential{}, evidence),
                       "count: expected at least 1 head per class, found 0", mll::invalid_argument);
}
