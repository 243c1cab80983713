// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/random_heads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

const auto planted = mll::test::plant({4, 4, 4}, mll::test::mixed_hub(3, 2, 4, 1), 111);

std::vector<std::vector<mll::head_id>> heads_of(const mll::ensemble& fitted) {
  std::vector<std::vector<mll::head_id>> out;
  for (const auto& votes : fitted.votes) {
    out.emplace_back();
    for (const auto& v : votes) out.back().push_back(fitted.heads[v.head]);
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("random_heads draws the same heads for the same seed", Backend, MLL_TEST_BACKENDS) {
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  std::set<std::vector<std::vector<mll::head_id>>> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const mll::random_heads method{.count = 3, .seed = seed};
    const auto drawn = heads_of(method(Backend{}, evidence));
    CHECK(drawn == heads_of(method(mll::exec::sequential{}, evidence)));
    seen.insert(drawn);
  }
  CHECK(seen.size() == 10);
}

TEST_CASE("random_heads draws distinct heads per class with equal weights") {
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  for (const std::size_t count : {1U, 5U, 18U, 100U}) {
    const auto fitted = mll::random_heads{.count = count}(mll::exec::sequential{}, evidence);
    CHECK(fitted.scale == mll::vote_scale::probability);
    REQUIRE(fitted.votes.size() == 3);
    const std::size_t expected = std::min<std::size_t>(count, 18);
    for (const auto& votes : fitted.votes) {
      std::set<std::uint32_t> heads;
      for (const auto& v : votes) {
        heads.insert(v.head);
        CHECK(v.weight == doctest::Approx(1.0 / static_cast<double>(expected)));
        CHECK(v.slope == 1);
        CHECK(v.intercept == 0);
      }
      CHECK(heads.size() == expected);
    }
  }
}

TEST_CASE("every head is drawn sometimes") {
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  std::vector<int> drawn(18, 0);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto fitted = mll::random_heads{.count = 1, .seed = seed}(mll::exec::sequential{}, evidence);
    for (const auto& list : heads_of(fitted)) ++drawn[evidence.position(list[0])];
  }
  // 900 draws among 18 heads: 50 each, with a standard deviation of 7.
  CHECK(*std::min_element(drawn.begin(), drawn.end()) > 15);
  CHECK(*std::max_element(drawn.begin(), drawn.end()) < 85);
}

TEST_CASE("random_heads refuses a count of 0") {
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  CHECK_THROWS_WITH_AS((void)mll::random_heads{.count = 0}(mll::exec::sequential{}, evidence),
                       "count: expected at least 1 head per class, found 0", mll::invalid_argument);
  CHECK(mll::random_heads::name() == "random_heads");
}
