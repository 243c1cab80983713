// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/evidence_strength.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/planted_labels.hpp"

TEST_CASE("equal samples count fully, borrowed samples at most 1 per class, and reliability is squared") {
  auto planted = mll::test::plant({4, 12, 6}, {{{0}, {1}}}, 91);
  const auto labels = planted.labels();
  {
    const mll::task_evidence evidence{labels, planted.match};
    const auto samples = mll::effective_samples(evidence);
    REQUIRE(samples.size() == 3);
    CHECK(samples[0] == doctest::Approx(4));
    CHECK(samples[1] == doctest::Approx(12));
    CHECK(mll::evidence_strength(evidence) == doctest::Approx(22.0 / 3));
  }
  planted.match.classes[1].coverage = mll::coverage::neighbour_samples;
  planted.match.classes[2].coverage = mll::coverage::descendant_samples;
  // Two nodes whose weights do not depend on their sample counts: 4 of 3/16 and 12 of 1/48.
  planted.match.classes[2].evidence = {{mll::node_id{0U}, 0.75}, {mll::node_id{1U}, 0.25}};
  planted.match.classes[2].sample_count = 16;
  const mll::task_evidence evidence{labels, planted.match};
  const auto samples = mll::effective_samples(evidence);
  CHECK(samples[1] == 1);
  CHECK(samples[2] == doctest::Approx(1 / (4 * 9.0 / 256 + 12.0 / 2304)));
  CHECK(mll::evidence_reliability(planted.match) == doctest::Approx((1 + 0.1 + 0.5) / 3));
}
