// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/methods/head_funnel.hpp"

#include <doctest/doctest.h>

#include "mll/exec/sequential.hpp"
#include "mll/select/methods/chco.hpp"
#include "support/planted_labels.hpp"

// The choices of the funnel are tested in chco.cpp: CHCO without a profile is the funnel.

TEST_CASE("CHCO without a profile is the funnel with the same options") {
  const auto planted = mll::test::plant({15, 15, 15}, mll::test::mixed_hub(3, 4, 4, 1), 131);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const mll::exec::sequential backend;
  const auto same = [](const mll::ensemble& a, const mll::ensemble& b) {
    if (a.heads != b.heads || a.temperature != b.temperature || a.votes.size() != b.votes.size())
      return false;
    for (std::size_t y = 0; y < a.votes.size(); ++y) {
      if (a.votes[y].size() != b.votes[y].size()) return false;
      for (std::size_t i = 0; i < a.votes[y].size(); ++i) {
        if (a.votes[y][i].slope != b.votes[y][i].slope || a.votes[y][i].head != b.votes[y][i].head)
          return false;
      }
    }
    return true;
  };
  CHECK(same(mll::head_funnel<>{}(backend, evidence), mll::chco<>{}(backend, evidence)));
  const mll::calibration_prior stiff{.slope_precision = 50};
  CHECK(same(
      mll::head_funnel<mll::macro_accuracy>{
          .count = 2, .screened = 9, .shortlisting = {.max_heads = 5, .prior = stiff}}(backend, evidence),
      mll::chco<mll::macro_accuracy>{.budget = mll::heads_per_class{2},
                                     .screened = 9,
                                     .shortlisting = {.max_heads = 5, .prior = stiff}}(backend, evidence)));
  CHECK_THROWS_WITH_AS((void)mll::head_funnel<>{.count = 0}(backend, evidence),
                       "count: expected at least 1 head per class, found 0", mll::invalid_argument);
}
