#include "mll/select/screen/device_screening.cuh"

#include <cstddef>
#include <string>

#include "../../../../benchmarks/support/wide_hub.hpp"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(screening_is_the_same, "screening on a device keeps what the host's keeps, bit for bit") {
  const mll::exec::cuda device;
  const auto size = mll::benchmark::wide_size::of("small");
  for (const std::size_t seed : {1U, 2U}) {
    const mll::benchmark::wide_hub hub{size, seed};
    const mll::sparse_node_statistics sparse{size.nodes, hub.excesses()};
    const mll::device_node_statistics statistics{device, sparse};
    const auto sources = hub.task(seed);
    for (const std::size_t keep : {1U, 64U, 1024U}) {
      MLL_DEVICE_CHECK(mll::screen(device, statistics, sources, keep) ==
                       mll::test::screen_sparsely(sparse, sources, keep));
    }
  }
}

MLL_DEVICE_TEST(best_heads_last, "a hub whose best heads come last, and heads that answer everywhere") {
  const mll::exec::cuda device;
  constexpr std::size_t heads = 24000;
  mll::node_statistics dense{12, heads};
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t v = 0; v < 12; ++v)
      dense.set(v, h, static_cast<float>(v == h % 3 ? h : (h * 7 + v * 31) % 9000) / heads);
  }
  mll::class_evidence sources;
  for (std::uint32_t v = 0; v < 12; ++v) sources.push_back({{v, 256}});
  const mll::device_node_statistics statistics{device, dense};
  MLL_DEVICE_CHECK(mll::screen(device, statistics, sources, 16) ==
                   mll::test::screen_in_blocks(dense, sources, 16));
}

MLL_DEVICE_TEST(screening_refuses, "screening on a device refuses what it cannot do") {
  const mll::exec::cuda device;
  const mll::device_node_statistics statistics{device, mll::node_statistics{3, 8}};
  std::string said;
  try {
    static_cast<void>(mll::screen(device, statistics, {{{0, 256}}, {{1, 256}}}, 2000));
  } catch (const mll::invalid_argument& error) {
    said = error.what();
  }
  MLL_DEVICE_CHECK(said == "keep: expected at most 1024 heads a class on a device, found 2000");
}
