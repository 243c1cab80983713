// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/head_search.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/methods/chco.hpp"
#include "support/planted_labels.hpp"

namespace {

/// A minimal model: the first candidate of every class.
struct first_candidate {
  template <class Objective>
  std::vector<std::vector<mll::head_pick>> operator()(mll::exec::backend_ref, const mll::head_pool& pool,
                                                      Objective) const {
    return std::vector<std::vector<mll::head_pick>>(pool.candidates.size(), {{0, 0.25F}});
  }
};
static_assert(mll::head_search<first_candidate>);

struct gives_one_list {
  template <class Objective>
  std::vector<mll::head_pick> operator()(mll::exec::backend_ref, const mll::head_pool&, Objective) const {
    return {};
  }
};
static_assert(!mll::head_search<gives_one_list>);
static_assert(!mll::head_search<int>);

}  // namespace

TEST_CASE("logit_pool defaults to 3 heads per class") {
  const mll::logit_pool pool;
  CHECK(pool.heads_per_class == 3);
  CHECK(pool.logits.empty());
  CHECK(mll::head_pick{}.gain == 0);
}

TEST_CASE("CHCO runs a user's search and returns its picks") {
  const auto planted = mll::test::plant({8, 8, 8}, mll::test::mixed_hub(3, 3, 1, 2), 23);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const mll::chco<mll::log_likelihood, first_candidate> method{};
  const mll::ensemble fitted = method(mll::exec::sequential{}, evidence);
  REQUIRE(fitted.votes.size() == 3);
  for (const auto& votes : fitted.votes) {
    REQUIRE(votes.size() == 1);
    CHECK(votes[0].gain == 0.25F);
  }
}
