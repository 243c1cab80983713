// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/observe_pseudo_tasks.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/label.hpp"
#include "mll/reuse/shift/label_distorted.hpp"
#include "support/plant_hub.hpp"

TEST_CASE("pseudo-tasks have classes with and without samples, under each distortion") {
  const mll::test::plant_hub f;
  const auto all = mll::test::plant_hub::distortions();
  const mll::exec::sequential backend;
  mll::distorted_labels distorted;
  mll::label_distorted(backend, distorted, f.models, f.samples, f.graph,
                       std::span<const mll::distortion<std::vector<float>>>{all},
                       mll::test::plant_hub::options().per_node);
  const auto labels = mll::label(backend, f.models, f.samples, f.graph);
  const auto observed =
      mll::observe_pseudo_tasks(backend, labels, distorted, f.graph, mll::test::plant_hub::options());
  REQUIRE(!observed.empty());
  CHECK(observed.size() % (2 * (all.size() + 1)) == 0);  // adapted or not, undistorted or not
  std::set<std::string> names;
  bool some_own = false;
  bool some_not = false;
  for (const auto& one : observed) {
    names.insert(one.distortion);
    CHECK(one.accuracy >= 0);
    CHECK(one.accuracy <= 1);
    CHECK(one.samples == mll::test::plant_hub::options().per_node * one.classes);
    some_own = some_own || one.features.own > 0;
    some_not = some_not || one.features.own < 1;
  }
  CHECK(names.size() == all.size() + 1);
  CHECK(some_own);
  CHECK(some_not);

  const auto again =
      mll::observe_pseudo_tasks(backend, labels, distorted, f.graph, mll::test::plant_hub::options());
  REQUIRE(again.size() == observed.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    CHECK(again[i].accuracy == observed[i].accuracy);
    CHECK(again[i].features.cot == observed[i].features.cot);
  }
}

TEST_CASE("pseudo-tasks need distorted samples of at least four nodes") {
  const mll::test::plant_hub f;
  const mll::exec::sequential backend;
  const auto labels = mll::label(backend, f.models, f.samples, f.graph);
  CHECK_THROWS_AS((void)mll::observe_pseudo_tasks(backend, labels, {}, f.graph), mll::invalid_argument);
}
