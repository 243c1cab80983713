// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/screen/device_screening.cuh"

#include <cstddef>
#include <string>

#include "../../../../benchmarks/support/wide_hub.hpp"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(screening_is_the_same, "screening on a device is bitwise that of the host") {
  const mll::exec::cuda device;
  const auto size = mll::benchmark::wide_size::of("small");
  for (const std::size_t seed : {1U, 2U}) {
    const mll::benchmark::wide_hub hub{size, seed};
    const mll::sparse_node_statistics sparse{size.nodes, hub.excesses()};
    const mll::device_node_statistics statistics{device, sparse};
    const auto nodes = hub.task(seed);
    for (const std::size_t max_heads : {1U, 64U, 1024U}) {
      MLL_DEVICE_CHECK(mll::screen(device, statistics, nodes, max_heads) ==
                       mll::test::screen_sparsely(sparse, nodes, max_heads));
    }
  }
}

MLL_DEVICE_TEST(best_heads_last, "screening handles best heads last, and heads that fire on all classes") {
  const mll::exec::cuda device;
  constexpr std::size_t heads = 24000;
  mll::node_statistics dense{12, heads};
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t v = 0; v < 12; ++v)
      dense.set(v, h, static_cast<float>(v == h % 3 ? h : (h * 7 + v * 31) % 9000) / heads);
  }
  mll::class_evidence nodes;
  for (std::uint32_t v = 0; v < 12; ++v) nodes.push_back({{v, 256}});
  const mll::device_node_statistics statistics{device, dense};
  MLL_DEVICE_CHECK(mll::screen(device, statistics, nodes, 16) ==
                   mll::test::screen_in_blocks(dense, nodes, 16));
}

MLL_DEVICE_TEST(screening_in_rounds, "screening of a wide hub in rounds is that of the host") {
  const mll::exec::cuda device;
  auto size = mll::benchmark::wide_size::of("small");
  size.heads = 150001;
  const mll::benchmark::wide_hub hub{size, 4};
  const mll::sparse_node_statistics sparse{size.nodes, hub.excesses()};
  const mll::device_node_statistics statistics{device, sparse};
  const auto nodes = hub.task(4);
  for (const std::size_t max_heads : {64U, 1024U}) {
    MLL_DEVICE_CHECK(mll::screen(device, statistics, nodes, max_heads) ==
                     mll::test::screen_sparsely(sparse, nodes, max_heads));
  }
}

MLL_DEVICE_TEST(screening_refuses, "screening on a device rejects invalid arguments") {
  const mll::exec::cuda device;
  const mll::device_node_statistics statistics{device, mll::node_statistics{3, 8}};
  std::string said;
  try {
    static_cast<void>(mll::screen(device, statistics, {{{0, 256}}, {{1, 256}}}, 2000));
  } catch (const mll::invalid_argument& error) {
    said = error.what();
  }
  MLL_DEVICE_CHECK(said == "max_heads: expected at most 1024 heads per class on a device, found 2000");
}
