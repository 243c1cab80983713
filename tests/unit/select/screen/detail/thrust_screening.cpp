// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/screen/detail/thrust_screening.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/exec/detail/thrust_host.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/screen/screening.hpp"
#include "support/backends.hpp"

namespace {

struct screening_case {
  mll::node_statistics statistics;
  mll::class_evidence nodes;

  /// @param[in] steps number of different means; few make many ties
  screening_case(std::size_t heads, std::size_t classes, std::size_t steps, std::uint64_t seed)
      : statistics{3 * classes, heads}, nodes(classes) {
    mll::random_engine engine{seed};
    for (std::size_t v = 0; v < statistics.node_count(); ++v) {
      for (std::size_t h = 0; h < heads; ++h) {
        if (engine() % 3 != 0)
          statistics.set(v, h, static_cast<float>(engine() % steps) / static_cast<float>(steps));
      }
    }
    // Class y has y % 4 nodes, and some are nodes of other classes, too.
    for (std::size_t y = 0; y < classes; ++y) {
      const std::size_t count = y % 4;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t weight = i + 1 == count ? 256 - i * (256 / count) : 256 / count;
        nodes[y].push_back({static_cast<std::uint32_t>((2 * y + i) % statistics.node_count()),
                            static_cast<std::uint16_t>(weight)});
      }
    }
  }

  [[nodiscard]] auto expected(std::size_t max_heads) const {
    return mll::screen(mll::exec::sequential{}, statistics, nodes, max_heads);
  }
  template <class Backend>
  [[nodiscard]] auto by_thrust(const Backend& backend, std::size_t max_heads, std::size_t max_entries) const {
    return mll::detail::thrust_screening{mll::exec::detail::thrust_host{backend},
                                         mll::detail::view_of(statistics), nodes, max_heads, max_entries}
        .run();
  }
};

}  // namespace

TEST_CASE("entries sort by class, then by decreasing score, and decode to both") {
  std::uint64_t before = 0;
  for (const std::uint64_t y : {0U, 1U, 0xFFFFFFFEU}) {
    for (const float score : {1.0F, 0.25F, 0.0F, -0.5F, -1.0F}) {
      const std::uint64_t key = mll::detail::entry_key(y, score);
      CHECK(key > before);
      CHECK(mll::detail::class_of(key) == y);
      CHECK(mll::detail::score_of_entry(key) == score);
      before = key;
    }
    CHECK(mll::detail::first_key_of_class{}(y) < mll::detail::entry_key(y, 1.0F));
    CHECK(mll::detail::first_key_of_class{}(y + 1) > before);
  }
}

TEST_CASE_TEMPLATE("screening by Thrust is bitwise that of the host", Backend, MLL_TEST_BACKENDS) {
  constexpr std::size_t one_chunk = std::size_t{1} << 24U;
  std::size_t cases = 0;
  for (const std::size_t heads : {1U, 3U, 255U, 1025U, 5000U}) {
    for (const std::size_t classes : {2U, 11U}) {
      for (const std::size_t steps : {2U, 60000U}) {
        const screening_case of{heads, classes, steps, heads + classes * steps};
        // Chunks of four heads only, some chunks, or one.
        for (const std::size_t max_entries : {std::size_t{1}, heads * classes / 5, one_chunk}) {
          if (max_entries == 1 && heads > 300) continue;  // thousands of chunks
          for (const std::size_t max_heads : {std::size_t{1}, std::size_t{24}, std::size_t{1500}, heads}) {
            CHECK(of.by_thrust(Backend{}, max_heads, max_entries) == of.expected(max_heads));
            ++cases;
          }
        }
      }
    }
  }
  MESSAGE(cases << " hubs, sizes of chunks and of lists");
}

#if MLL_TEST_OMP
TEST_CASE("screening by Thrust does not depend on the number of threads") {
  const screening_case of{4099, 9, 7, 3};
  const auto expected = of.expected(50);
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    CHECK(of.by_thrust(mll::exec::omp{threads}, 50, 4000) == expected);
  }
}
#endif

TEST_CASE("screening by Thrust handles a hub whose best heads come last") {
  // For the first class every head beats the one before it, so that all of them pass the floor.
  screening_case of{24000, 3, 9, 1};
  of.nodes = {{{0, 256}}, {{1, 256}}, {}};
  for (std::size_t h = 0; h < 24000; ++h) {
    of.statistics.set(0, h, static_cast<float>(h) / 24000);
    of.statistics.set(1, h, static_cast<float>(h % 7) / 40);
  }
  const auto found = of.by_thrust(mll::exec::sequential{}, 16, 20000);
  CHECK(found == of.expected(16));
  CHECK(found[0][0].position > 23990);
}

TEST_CASE("screening by Thrust handles a hub without heads, and classes without evidence") {
  CHECK(screening_case{0, 3, 2, 1}.by_thrust(mll::exec::sequential{}, 5, 100) ==
        std::vector<std::vector<mll::screened_head>>(3));
  screening_case of{10, 2, 4, 1};
  of.nodes = {{}, {}};
  CHECK(of.by_thrust(mll::exec::sequential{}, 4, 100) == of.expected(4));
}

TEST_CASE("screening by Thrust rejects invalid arguments") {
  screening_case of{8, 2, 4, 1};
  CHECK_THROWS_WITH_AS(of.by_thrust(mll::exec::sequential{}, 0, 100),
                       "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
  of.nodes[1] = {{99, 256}};
  CHECK_THROWS_WITH_AS(of.by_thrust(mll::exec::sequential{}, 1, 100),
                       "nodes: expected nodes below 6, found 99", mll::invalid_argument);
  of.nodes.pop_back();
  CHECK_THROWS_WITH_AS(of.by_thrust(mll::exec::sequential{}, 1, 100),
                       "nodes: expected at least 2 classes, found 1", mll::invalid_argument);
}
