// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/device_hub.cuh"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "../../../benchmarks/support/cached_source.hpp"
#include "../../../benchmarks/support/thread_backend.hpp"
#include "../../../benchmarks/support/wide_hub.hpp"
#include "../../../benchmarks/support/wide_match.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(select_on_a_device,
                "select on a device chooses what it chooses on the host, estimate included") {
  const mll::exec::cuda device;
  const auto size = mll::benchmark::wide_size::of("small");
  const mll::benchmark::wide_hub wide{size, 3};
  const mll::sparse_node_statistics sparse{size.nodes, wide.excesses()};
  const mll::benchmark::cached_source source{wide, sparse};
  const mll::benchmark::thread_backend host;
  const mll::device_hub hub{device, source, host};
  for (const std::size_t task : {1U, 2U}) {
    const auto match = mll::benchmark::match_of(wide, wide.task(task));
    const mll::selection expected = mll::select(host, source, match);
    const mll::selection found = mll::select(device, hub, match);
    MLL_DEVICE_CHECK(std::equal(found.ensemble.heads.begin(), found.ensemble.heads.end(),
                                expected.ensemble.heads.begin(), expected.ensemble.heads.end(),
                                [](mll::head_id a, mll::head_id b) { return (a <=> b) == 0; }));
    MLL_DEVICE_CHECK(found.reasons.size() == expected.reasons.size());
    MLL_DEVICE_CHECK(std::abs(found.ensemble.temperature - expected.ensemble.temperature) < 1e-2F);
    MLL_DEVICE_CHECK(std::abs(found.estimate->accuracy - expected.estimate->accuracy) < 0.01);
  }
}
