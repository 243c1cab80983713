#include "mll/select/combine/detail/thrust/thrust_search.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "mll/exec/detail/thrust_device.cuh"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"
namespace {

// Heads with random bias towards their class.
struct random_pool {
  random_pool(std::size_t classes, std::size_t samples, std::size_t heads, std::uint64_t seed) {
    std::mt19937_64 engine{seed};
    const auto uniform = [&] { return static_cast<double>(engine() >> 11U) * 0x1p-53; };
    for (std::size_t y = 0; y < classes; ++y) {
      for (std::size_t i = 0; i < samples; ++i)
        rows.push_back({rows.size(), mll::class_id{y}, 1.0F / static_cast<float>(samples)});
    }
    codes.resize(classes * heads);
    view.rows = rows;
    for (std::size_t y = 0; y < classes; ++y) {
      auto& candidates = view.candidates.emplace_back();
      for (std::size_t c = 0; c < heads; ++c) {
        auto& responses = codes[y * heads + c];
        const double lean = 2 * uniform();
        for (const auto& row : rows) {
          const double x = (row.target.index() == y ? lean : -lean) + 6 * uniform() - 3;
          responses.push_back(mll::log_odds_8bit::encode(static_cast<float>(1 / (1 + std::exp(-x)))));
        }
        candidates.push_back(
            {responses.data(), static_cast<float>(0.3 + uniform()), static_cast<float>(uniform() - 0.5)});
      }
    }
  }

  std::vector<mll::example> rows;
  std::vector<std::vector<std::uint8_t>> codes;
  mll::head_pool view;
};

}  // namespace

MLL_DEVICE_TEST(thrust_search_is_the_same,
                "the search by Thrust on a device chooses the same as on the host") {
  const mll::exec::detail::thrust_device grid{mll::exec::cuda{}};
  for (const std::uint64_t seed : {4U, 5U, 6U}) {
    const random_pool pool{3 + 5 * seed, 40, 13, seed};
    const auto expected = mll::test::search_by_thrust(pool.view);
    mll::detail::thrust_search search{grid, pool.view};
    const auto found = search.run();
    const auto again = search.run();
    MLL_DEVICE_CHECK(found.size() == expected.size());
    for (std::size_t y = 0; y < found.size(); ++y) {
      MLL_DEVICE_CHECK(found[y].size() == expected[y].size());
      for (std::size_t i = 0; i < found[y].size() && i < expected[y].size(); ++i) {
        MLL_DEVICE_CHECK(found[y][i].candidate == expected[y][i].candidate);
        MLL_DEVICE_CHECK(std::abs(found[y][i].gain - expected[y][i].gain) < 1e-5F);
        MLL_DEVICE_CHECK(found[y][i].gain == again[y][i].gain);
      }
    }
  }
}
