// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/label_distorted.hpp"

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/sequential.hpp"
#include "support/plant_hub.hpp"

TEST_CASE("only new distortions run, and those that are not given are dropped") {
  const mll::test::plant_hub f;
  const auto all = mll::test::plant_hub::distortions();
  const std::span<const mll::distortion<std::vector<float>>> given{all};
  const mll::exec::sequential backend;
  mll::distorted_labels kept;
  mll::label_distorted(backend, kept, f.models, f.samples, f.graph, given.first(2), 10);
  const std::size_t once = 6 * 8 * 10;  // experts, nodes, samples
  CHECK(*f.calls == 2 * once);
  REQUIRE(kept.parts.size() == 2);
  CHECK(kept.parts[0].labels.samples().row_count() == 80);
  CHECK(kept.parts[0].labels.models()[0].responses != kept.parts[1].labels.models()[0].responses);

  mll::label_distorted(backend, kept, f.models, f.samples, f.graph, given.subspan(1, 2), 10);
  CHECK(*f.calls == 3 * once);
  REQUIRE(kept.parts.size() == 2);
  CHECK(kept.parts[0].distortion == all[1].name);
  CHECK(kept.parts[1].distortion == all[2].name);
  CHECK(kept.parts[0].general.embeddings.size() == 0);
  // No more than half of the samples of a node.
  mll::label_distorted(backend, kept, f.models, f.samples, f.graph, given.first(1), 100);
  CHECK(kept.parts[0].labels.samples().row_count() == 8 * mll::test::planted_samples / 2);
}
