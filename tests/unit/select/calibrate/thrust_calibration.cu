// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/detail/thrust_calibration.hpp"

#include <cmath>
#include <cstddef>

#include "../../../../benchmarks/support/wide_hub.hpp"
#include "mll/exec/detail/thrust_device.cuh"
#include "mll/exec/sequential.hpp"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(thrust_calibration_is_the_same, "calibration by Thrust on a device agrees with the host") {
  const mll::exec::cuda device;
  const auto size = mll::benchmark::wide_size::of("small");
  const mll::benchmark::wide_hub hub{size, 2};
  const mll::sparse_node_statistics sparse{size.nodes, hub.excesses()};
  const mll::benchmark::cached_source source{hub, sparse};
  const auto nodes = hub.task(2);
  const auto screened = mll::test::screen_sparsely(sparse, nodes, 64);
  for (const mll::shortlist_options& options :
       {mll::shortlist_options{},
        mll::shortlist_options{.max_heads = 64, .own_samples = 40, .all_samples = 300}}) {
    const auto expected = mll::test::shortlist_in_blocks(source, nodes, screened, options);
    const auto pairs =
        mll::detail::pair_responses::read(mll::exec::sequential{}, source, nodes, screened, options);
    mll::detail::thrust_calibration calibration{mll::exec::detail::thrust_device{device}, pairs};
    const auto found = calibration.run(screened, options);
    MLL_DEVICE_CHECK(found.size() == expected.size());
    for (std::size_t y = 0; y < found.size(); ++y) {
      MLL_DEVICE_CHECK(found[y].size() == expected[y].size());
      for (std::size_t i = 0; i < found[y].size() && i < expected[y].size(); ++i) {
        MLL_DEVICE_CHECK(found[y][i].position == expected[y][i].position);
        const auto is_close = [](float a, float b) { return std::abs(a - b) < 1e-3F * (1 + std::abs(b)); };
        MLL_DEVICE_CHECK(is_close(found[y][i].fit.slope, expected[y][i].fit.slope));
        MLL_DEVICE_CHECK(is_close(found[y][i].fit.intercept, expected[y][i].fit.intercept));
        MLL_DEVICE_CHECK(std::abs(found[y][i].fit.loss - expected[y][i].fit.loss) < 1e-5F);
      }
    }
    MLL_DEVICE_CHECK(found == calibration.run(screened, options));  // reproducible
  }
}
