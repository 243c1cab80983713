// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/screen/sparse_screening.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/screen/screening.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

struct random_hub {
  std::vector<std::vector<mll::node_excess>> heads;
  mll::node_statistics dense;
  mll::sparse_node_statistics sparse;

  // `levels`: number of different excesses; few make many ties.
  random_hub(std::size_t nodes, std::size_t count, std::size_t levels, std::uint64_t seed)
      : heads{draw(nodes, count, levels, seed)}, dense{nodes, count}, sparse{nodes, heads} {
    for (std::size_t h = 0; h < count; ++h) {
      for (const auto& here : heads[h])
        dense.set(here.node, h, static_cast<float>(here.excess) / mll::node_statistics::one);
    }
  }

  static std::vector<std::vector<mll::node_excess>> draw(std::size_t nodes, std::size_t count,
                                                         std::size_t levels, std::uint64_t seed) {
    mll::random_engine engine{seed};
    std::vector<std::vector<mll::node_excess>> out(count);
    for (auto& excesses : out) {
      const std::size_t centre = engine() % nodes;
      std::set<std::uint32_t> known;
      for (std::size_t i = engine() % 6; i > 0; --i)
        known.insert(static_cast<std::uint32_t>((centre + engine() % 7) % nodes));
      for (const std::uint32_t v : known)
        excesses.push_back({v, static_cast<std::uint16_t>((1 + engine() % levels) * (65535 / levels))});
    }
    return out;
  }
};

mll::class_evidence random_nodes(std::size_t classes, std::size_t nodes, std::uint64_t seed) {
  mll::random_engine engine{seed};
  mll::class_evidence out(classes);
  for (auto& of_class : out) {
    std::set<std::uint32_t> chosen;
    for (std::size_t i = 1 + engine() % 3; i > 0; --i)
      chosen.insert(static_cast<std::uint32_t>(engine() % nodes));
    std::size_t left = 256;
    for (const std::uint32_t v : chosen) {
      const std::size_t weight = of_class.size() + 1 == chosen.size() ? left : left / 2;
      of_class.push_back({v, static_cast<std::uint16_t>(weight)});
      left -= weight;
    }
  }
  return out;
}

// The formula in double, head by head.
std::vector<std::vector<double>> by_formula(const random_hub& hub, const mll::class_evidence& nodes) {
  std::vector<std::vector<double>> out(nodes.size(), std::vector<double>(hub.heads.size()));
  for (std::size_t h = 0; h < hub.heads.size(); ++h) {
    std::vector<double> means;
    for (const auto& of_class : nodes) {
      double mean = 0;
      for (const auto& one : of_class) mean += one.weight / 256.0 * hub.dense.row(one.node)[h] / 65535.0;
      means.push_back(mean);
    }
    for (std::size_t y = 0; y < means.size(); ++y) {
      double rival = 0;
      double sum = 0;
      for (std::size_t other = 0; other < means.size(); ++other) {
        if (other == y) continue;
        rival = std::max(rival, means[other]);
        sum += means[other];
      }
      out[y][h] = means[y] - 0.5 * (rival + sum / static_cast<double>(means.size() - 1));
    }
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("screening of dense and sparse statistics is bitwise the same", Backend,
                   MLL_TEST_BACKENDS) {
  std::size_t cases = 0;
  for (const std::size_t heads : {1U, 63U, 200U, 3000U}) {
    for (const std::size_t levels : {2U, 60000U}) {
      for (const std::size_t classes : {2U, 5U, 30U}) {
        const random_hub hub{40, heads, levels, 100 + heads + levels + classes};
        const auto nodes = random_nodes(classes, 40, heads * classes + levels);
        for (const std::size_t max_heads : {1U, 7U, 64U, 5000U}) {
          const auto dense = mll::screen(Backend{}, hub.dense, nodes, max_heads);
          const auto sparse = mll::screen(Backend{}, hub.sparse, nodes, max_heads);
          CHECK(dense == sparse);
          for (const auto& kept : dense) {
            CHECK(kept.size() == std::min<std::size_t>(max_heads, heads));
            CHECK(std::is_sorted(kept.begin(), kept.end(), mll::detail::better_head));
          }
          ++cases;
        }
      }
    }
  }
  MESSAGE(cases << " hubs, tasks and sizes of the list");
}

TEST_CASE("screening of node statistics keeps the heads that the formula ranks highest") {
  const random_hub hub{30, 500, 60000, 9};
  const auto nodes = random_nodes(6, 30, 10);
  const auto expected = by_formula(hub, nodes);
  const auto found = mll::screen(mll::exec::sequential{}, hub.dense, nodes, 25);
  for (std::size_t y = 0; y < nodes.size(); ++y) {
    auto ranked = expected[y];
    std::sort(ranked.begin(), ranked.end(), std::greater<>{});
    for (std::size_t i = 0; i < 25; ++i) {
      CHECK(static_cast<double>(found[y][i].score) == doctest::Approx(ranked[i]).epsilon(1e-5));
      CHECK(static_cast<double>(found[y][i].score) ==
            doctest::Approx(expected[y][found[y][i].position]).epsilon(1e-5));
    }
  }
}

TEST_CASE("screening of node statistics agrees with screening of task evidence within rounding") {
  const auto planted = mll::test::plant({20, 20, 20, 20}, mll::test::mixed_hub(4, 30, 20, 1), 15);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto expected = mll::screen(mll::exec::sequential{}, evidence, 10);
  const auto nodes = mll::evidence_of(planted.match, labels.samples());
  const auto found = mll::screen(mll::exec::sequential{}, mll::node_statistics{labels}, nodes, 10);
  for (std::size_t y = 0; y < 4; ++y) {
    for (std::size_t i = 0; i < 10; ++i)
      CHECK(found[y][i].score == doctest::Approx(expected[y][i].score).epsilon(1e-3));
    CHECK(found[y][0].position == expected[y][0].position);
  }
}

TEST_CASE("screening of node statistics rejects invalid arguments") {
  const random_hub hub{5, 10, 10, 1};
  const auto run = [&](const mll::class_evidence& nodes, std::size_t max_heads, const auto& table) {
    (void)mll::screen(mll::exec::sequential{}, table, nodes, max_heads);
  };
  const auto check = [&](const auto& table) {
    CHECK_THROWS_WITH_AS(run({{{0, 256}}, {{1, 256}}}, 0, table),
                         "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
    CHECK_THROWS_WITH_AS(run({{{0, 256}}}, 1, table), "nodes: expected at least 2 classes, found 1",
                         mll::invalid_argument);
    CHECK_THROWS_WITH_AS(run({{{0, 256}}, {{5, 256}}}, 1, table), "nodes: expected nodes below 5, found 5",
                         mll::invalid_argument);
  };
  check(hub.dense);
  check(hub.sparse);
}
