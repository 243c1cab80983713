// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

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
#include "support/device_rows.hpp"
#include "support/host_grid.hpp"

namespace {

using mll::test::device_rows;

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

// Room for the matrix of a small sample only.
constexpr mll::detail::screening_sizes small_sample{1024, 5000, 8192};

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

TEST_CASE_TEMPLATE("device screening in rounds is that of the host", Backend, MLL_TEST_BACKENDS) {
  for (const std::size_t heads : {4097U, 12289U, 30000U}) {
    for (const std::size_t steps : {2U, 60000U}) {  // few steps: many ties
      const auto statistics = random_statistics(6, heads, steps, 0.3, heads + steps);
      const auto nodes = random_evidence(4, 6, heads + steps);
      for (const std::size_t max_heads : {1U, 64U, 1024U}) {
        const auto expected = mll::screen(mll::exec::sequential{}, statistics, nodes, max_heads);
        const device_rows rows{statistics};
        const mll::test::host_grid<Backend> grid;
        CHECK(on_grid<Backend>(statistics, nodes, max_heads) == expected);
        CHECK(mll::detail::device_screening{grid, rows.view(), nodes, max_heads, small_sample}.run() ==
              expected);
      }
    }
  }
}

TEST_CASE("device screening repeats rounds that overflow, and keeps every head once") {
  std::size_t repeated = 0;
  for (const std::size_t steps : {2U, 60000U}) {
    const auto statistics = random_statistics(5, 20000, steps, 0.3, steps);
    const auto nodes = random_evidence(3, 5, steps);
    const device_rows rows{statistics};
    mll::detail::device_screening screening{mll::test::host_grid<mll::exec::sequential>{}, rows.view(), nodes,
                                            20, mll::detail::screening_sizes{64, 1000, 64}};
    CHECK(screening.run() == mll::screen(mll::exec::sequential{}, statistics, nodes, 20));
    repeated += screening.repeated_rounds();
    CHECK(screening.run() == mll::screen(mll::exec::sequential{}, statistics, nodes, 20));
  }
  CHECK(repeated > 0);
}

TEST_CASE("device screening does not depend on the order of threads") {
  const auto statistics = random_statistics(20, 9001, 9, 0.5, 8);
  const auto nodes = random_evidence(9, 20, 8);
  const device_rows rows{statistics};
  const mll::test::host_grid<mll::exec::sequential, true> backwards;
  const mll::test::host_grid<mll::exec::sequential, false> forwards;
  CHECK(mll::detail::device_screening{backwards, rows.view(), nodes, 50, small_sample}.run() ==
        mll::detail::device_screening{forwards, rows.view(), nodes, 50, small_sample}.run());
}

TEST_CASE("device screening repeats nothing if the best heads come last") {
  // For the first class every head beats the one before it.
  constexpr std::size_t heads = 24000;
  mll::node_statistics statistics{3, heads};
  for (std::size_t h = 0; h < heads; ++h) {
    statistics.set(0, h, static_cast<float>(h) / heads);
    statistics.set(1, h, static_cast<float>(h % 7) / 40);
  }
  const mll::class_evidence nodes{{{0, 256}}, {{1, 256}}, {{2, 256}}};
  const device_rows rows{statistics};
  mll::detail::device_screening screening{mll::test::host_grid<mll::exec::sequential>{}, rows.view(), nodes,
                                          16, small_sample};
  const auto found = screening.run();
  CHECK(found == mll::screen(mll::exec::sequential{}, statistics, nodes, 16));
  CHECK(found[0].size() == 16);
  CHECK(found[0][0].position > heads - 10);
  CHECK(screening.repeated_rounds() == 0);
}

TEST_CASE("device screening of heads with a background reads few rows twice") {
  // As labels of classifiers with three classes: responses of about 1/3 everywhere, more at some nodes.
  constexpr std::size_t heads = 20000;
  constexpr std::size_t nodes = 40;
  mll::random_engine engine{5};
  mll::node_statistics statistics{nodes, heads};
  const auto uniform = [&] { return static_cast<float>(engine() >> 40U) / 16777216.0F; };
  for (std::size_t h = 0; h < heads; ++h) {
    const std::size_t own = engine() % nodes;
    for (std::size_t v = 0; v < nodes; ++v)
      statistics.set(v, h, 0.3F + 0.06F * uniform() + (v == own ? 0.25F * uniform() : 0.0F));
  }
  mll::class_evidence classes;
  for (std::uint32_t v = 0; v < nodes; ++v) classes.push_back({{v, 256}});
  device_rows rows{statistics};
  constexpr mll::detail::screening_sizes half{1024, nodes * heads / 2, 8192};
  const auto read_twice = [&] {
    mll::detail::device_screening screening{mll::test::host_grid<mll::exec::sequential>{}, rows.view(),
                                            classes, 150, half};
    CHECK(screening.run() == mll::screen(mll::exec::sequential{}, statistics, classes, 150));
    return screening.groups_read_twice();
  };
  CHECK(read_twice() < heads / 8 / 20);
  // Without lower bounds, nearly all would be: that shows in the sample, and matrices are used.
  std::fill(rows.min_mean.begin(), rows.min_mean.end(), mll::detail::four_means{});
  CHECK(read_twice() == 0);
}

TEST_CASE("device screening without room for matrices reads crowded heads twice") {
  constexpr std::size_t heads = 20000;
  const auto statistics = random_statistics(30, heads, 60000, 1, 12);
  mll::class_evidence classes;
  for (std::uint32_t v = 0; v < 30; ++v) classes.push_back({{v, 256}});
  device_rows rows{statistics};
  std::fill(rows.min_mean.begin(), rows.min_mean.end(), mll::detail::four_means{});
  mll::detail::device_screening screening{
      mll::test::host_grid<mll::exec::sequential>{}, rows.view(), classes, 700, {1024, 30 * 2000, 8192}};
  CHECK(screening.run() == mll::screen(mll::exec::sequential{}, statistics, classes, 700));
  CHECK(screening.groups_read_twice() > 100);
}

TEST_CASE("device screening of many heads without a response keeps the first of them") {
  // Two classes without responses: all scores are 0, and the first heads are the best.
  mll::node_statistics statistics{3, 30000};
  for (std::size_t h = 100; h < 30000; h += 3) statistics.set(2, h, 0.5F);
  const mll::class_evidence nodes{{{0, 256}}, {{1, 256}}, {{2, 256}}};
  const device_rows rows{statistics};
  mll::detail::device_screening screening{mll::test::host_grid<mll::exec::sequential>{}, rows.view(), nodes,
                                          64, small_sample};
  const auto found = screening.run();
  CHECK(found == mll::screen(mll::exec::sequential{}, statistics, nodes, 64));
  CHECK(found[0][63].position == 63);
  CHECK(screening.groups_read_twice() == 0);
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
