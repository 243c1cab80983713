#include "mll/select/screen/detail/device_screening.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/screen/screening.hpp"
#include "support/backends.hpp"
#include "support/host_grid.hpp"

namespace {

// Statistics in the layout of a device.
struct device_rows {
  explicit device_rows(const mll::node_statistics& statistics) {
    for (std::size_t v = 0; v < statistics.node_count(); ++v) {
      const auto row = statistics.row(v);
      stride = row.size() / 4;
      for (std::size_t i = 0; i < row.size(); i += 4)
        rows.push_back({{row[i], row[i + 1], row[i + 2], row[i + 3]}});
    }
    heads = statistics.head_count();
    nodes = statistics.node_count();
  }
  [[nodiscard]] mll::detail::statistics_view view() const { return {rows.data(), nodes, heads, stride}; }

  std::vector<mll::detail::four_means> rows;
  std::size_t nodes = 0;
  std::size_t heads = 0;
  std::size_t stride = 0;
};

// `steps`: number of different means; few make many ties. `density`: share of means that are not 0.
mll::node_statistics random_statistics(std::size_t nodes, std::size_t heads, std::size_t steps,
                                       double density, std::uint64_t seed) {
  mll::random_engine engine{seed};
  mll::node_statistics out{nodes, heads};
  for (std::size_t v = 0; v < nodes; ++v) {
    for (std::size_t h = 0; h < heads; ++h) {
      const auto drawn = static_cast<double>(engine() >> 11U) * 0x1p-53;
      const auto step = static_cast<float>(engine() % steps + 1) / static_cast<float>(steps);
      if (drawn < density) out.set(v, h, step);
    }
  }
  return out;
}

// Some classes share nodes, and the last has none.
mll::class_evidence random_evidence(std::size_t classes, std::size_t nodes, std::uint64_t seed) {
  mll::random_engine engine{seed};
  mll::class_evidence out(classes);
  for (std::size_t y = 0; y + 1 < classes; ++y) {
    std::set<std::uint32_t> chosen;
    for (std::size_t i = 1 + engine() % 6; i > 0; --i)
      chosen.insert(static_cast<std::uint32_t>(engine() % nodes));
    std::size_t left = 256;
    for (const std::uint32_t v : chosen) {
      const std::size_t weight = out[y].size() + 1 == chosen.size() ? left : left / 2;
      out[y].push_back({v, static_cast<std::uint16_t>(weight)});
      left -= weight;
    }
  }
  return out;
}

template <class Backend, bool Backwards = true>
auto on_grid(const mll::node_statistics& statistics, const mll::class_evidence& nodes,
             std::size_t max_heads) {
  const device_rows rows{statistics};
  return mll::detail::device_screening{mll::test::host_grid<Backend, Backwards>{}, rows.view(), nodes,
                                       max_heads}
      .run();
}

}  // namespace

TEST_CASE("keys of heads sort by decreasing score, then by position, and decode to the score") {
  const std::vector<float> downwards{2.0F, 1.0F, 1e-30F, 0.0F, -1e-30F, -0.5F, -2.0F};
  std::uint64_t before = 0;
  for (const float score : downwards) {
    for (const std::uint32_t position : {0U, 7U, 0xFFFFFFFFU}) {
      const std::uint64_t key = mll::detail::key_of(score, position);
      CHECK(key > before);
      CHECK(mll::detail::score_of(key) == score);
      CHECK(static_cast<std::uint32_t>(key) == position);
      before = key;
    }
  }
  CHECK(mll::detail::key_of(-0.0F, 3) == mll::detail::key_of(0.0F, 3));
}

TEST_CASE_TEMPLATE("device kernels run on the host screen bitwise as the host does", Backend,
                   MLL_TEST_BACKENDS) {
  std::size_t cases = 0;
  for (const std::size_t heads : {1U, 255U, 1024U, 3001U}) {
    for (const std::size_t steps : {2U, 60000U}) {
      for (const double density : {0.05, 1.0}) {
        const auto statistics = random_statistics(20, heads, steps, density, heads + steps);
        for (const std::size_t classes : {2U, 9U}) {
          const auto nodes = random_evidence(classes, 20, heads * classes + steps);
          for (const std::size_t max_heads : {1U, 24U, 1024U}) {
            CHECK(on_grid<Backend>(statistics, nodes, max_heads) ==
                  mll::screen(mll::exec::sequential{}, statistics, nodes, max_heads));
            ++cases;
          }
        }
      }
    }
  }
  MESSAGE(cases << " hubs, tasks and sizes of the list");
}

TEST_CASE("device screening does not depend on the order of threads") {
  const auto statistics = random_statistics(20, 3001, 9, 0.5, 8);
  const auto nodes = random_evidence(9, 20, 8);
  CHECK(on_grid<mll::exec::sequential, true>(statistics, nodes, 50) ==
        on_grid<mll::exec::sequential, false>(statistics, nodes, 50));
}

TEST_CASE("device screening handles a hub whose best heads come last") {
  // For the first class every head beats the one before it, so that all of them pass the floor.
  constexpr std::size_t heads = 24000;
  mll::node_statistics statistics{3, heads};
  for (std::size_t h = 0; h < heads; ++h) {
    statistics.set(0, h, static_cast<float>(h) / heads);
    statistics.set(1, h, static_cast<float>(h % 7) / 40);
  }
  const mll::class_evidence nodes{{{0, 256}}, {{1, 256}}, {{2, 256}}};
  const auto found = on_grid<mll::exec::sequential>(statistics, nodes, 16);
  CHECK(found == mll::screen(mll::exec::sequential{}, statistics, nodes, 16));
  CHECK(found[0].size() == 16);
  CHECK(found[0][0].position > heads - 10);
}

TEST_CASE("device screening rejects invalid arguments") {
  const auto statistics = random_statistics(3, 8, 9, 1, 1);
  const mll::class_evidence nodes{{{0, 256}}, {{1, 256}}};
  CHECK_THROWS_WITH_AS(on_grid<mll::exec::sequential>(statistics, nodes, 0),
                       "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(on_grid<mll::exec::sequential>(statistics, nodes, 1025),
                       "max_heads: expected at most 1024 heads per class on a device, found 1025",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(on_grid<mll::exec::sequential>(statistics, {{{0, 256}}, {{3, 256}}}, 2),
                       "nodes: expected nodes below 3, found 3", mll::invalid_argument);
}
