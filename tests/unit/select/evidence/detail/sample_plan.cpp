// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/detail/sample_plan.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <map>

#include "mll/label/source/label_source.hpp"
#include "support/planted_labels.hpp"

namespace {

struct planned {
  mll::test::planted_task planted = mll::test::plant({40, 10, 6}, mll::test::mixed_hub(3, 1, 0, 0), 5);
  decltype(planted.labels()) labels = planted.labels();
  mll::label_source<decltype(labels)> source{labels};
};

}  // namespace

TEST_CASE("a plan takes all samples, and every class has weight 1") {
  const planned given;
  const mll::class_evidence nodes{{{0, 192}, {1, 64}}, {{2, 256}}};
  const auto plan = mll::detail::plan_samples(nodes, given.source);
  CHECK(plan.samples() == std::vector<mll::node_samples>{{0, 40}, {1, 10}, {2, 6}});
  CHECK(plan.samples(1, 2) == std::vector<mll::node_samples>{{2, 6}});
  const auto rows = plan.rows();
  REQUIRE(rows.size() == 56);
  CHECK(rows[0].weight == doctest::Approx(0.75 / 40));
  CHECK(rows[49].weight == doctest::Approx(0.25 / 10));
  CHECK(rows[55].weight == doctest::Approx(1.0 / 6));
  CHECK(rows[55].target == mll::class_id{1});
  std::map<std::size_t, double> total;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].sample == i);
    total[rows[i].target.index()] += static_cast<double>(rows[i].weight);
  }
  for (const auto& [y, weight] : total) CHECK(weight == doctest::Approx(1));
}

TEST_CASE("a limited plan takes the same share of every node, and at least one sample") {
  const planned given;
  const mll::class_evidence nodes{{{0, 192}, {1, 64}}, {{2, 256}}};
  const auto plan = mll::detail::plan_samples(nodes, given.source, 10);
  CHECK(plan.samples() == std::vector<mll::node_samples>{{0, 8}, {1, 2}, {2, 6}});
  CHECK(plan.classes[0][0].weight == doctest::Approx(0.75 / 8));
  const auto smallest = mll::detail::plan_samples(nodes, given.source, 1);
  CHECK(smallest.samples() == std::vector<mll::node_samples>{{0, 1}, {1, 1}, {2, 1}});
}

TEST_CASE("plan_samples rejects a class without samples") {
  const planned given;
  CHECK_THROWS_WITH_AS((void)mll::detail::plan_samples({{{0, 256}}, {}}, given.source),
                       "nodes: expected samples for every class, found none for class 1",
                       mll::invalid_argument);
}
