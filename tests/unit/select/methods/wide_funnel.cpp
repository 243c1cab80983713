#include "mll/select/methods/wide_funnel.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/label/responses/label_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/methods/head_funnel.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

const mll::class_evidence three{{{0, 256}}, {{1, 256}}, {{2, 256}}};

// Within a relative tolerance; with 0, bit for bit.
bool near(float found, float expected, float tolerance) {
  return std::abs(found - expected) <= tolerance * std::abs(expected);
}

void check_same(const mll::ensemble& found, const mll::ensemble& expected, float tolerance) {
  REQUIRE(found.heads == expected.heads);
  REQUIRE(found.votes.size() == expected.votes.size());
  CHECK(near(found.temperature, expected.temperature, tolerance));
  for (std::size_t y = 0; y < found.votes.size(); ++y) {
    REQUIRE(found.votes[y].size() == expected.votes[y].size());
    for (std::size_t i = 0; i < found.votes[y].size(); ++i) {
      CHECK(found.votes[y][i].head == expected.votes[y][i].head);
      CHECK(near(found.votes[y][i].slope, expected.votes[y][i].slope, tolerance));
      CHECK(near(found.votes[y][i].intercept, expected.votes[y][i].intercept, tolerance));
    }
  }
}

}  // namespace

TEST_CASE("where everything is looked at, the wide funnel chooses what the funnel chooses") {
  const mll::exec::sequential backend;
  for (std::uint64_t seed = 81; seed < 89; ++seed) {
    const auto planted = mll::test::plant({30, 25, 40}, mll::test::mixed_hub(3, 3, 3, 2), seed);
    const auto labels = planted.labels();
    const mll::task_evidence evidence{labels, planted.match};
    const auto expected = mll::head_funnel<>{.screened = 1000}(backend, evidence);
    const mll::label_source source{labels};
    const mll::wide_funnel<> funnel{.screened = 1000};
    check_same(funnel(backend, mll::node_statistics{labels}, three, source), expected, 0.01F);
  }
}

TEST_CASE("the wide funnel chooses the same from sparse statistics, as far as they reach") {
  const mll::exec::sequential backend;
  const auto planted = mll::test::plant({30, 25, 40}, mll::test::mixed_hub(3, 3, 3, 2), 91);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::wide_funnel<> funnel{.screened = 1000};
  check_same(funnel(backend, mll::sparse_node_statistics::of_labels(labels), three, source),
             funnel(backend, mll::node_statistics{labels}, three, source), 1e-6F);
}

TEST_CASE("the wide funnel says what is wrong with its arguments") {
  const mll::exec::sequential backend;
  const auto planted = mll::test::plant({5, 5, 5}, mll::test::mixed_hub(3, 2, 0, 0), 92);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::node_statistics statistics{labels};
  CHECK_THROWS_WITH_AS((void)mll::wide_funnel<>{.count = 0}(backend, statistics, three, source),
                       "count: expected at least 1 head a class, found 0", mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::wide_funnel<>{}(backend, mll::node_statistics{3, 1}, three, source),
                  mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::wide_funnel<>{}(backend, statistics, {{{0, 256}}, {}}, source),
                       "sources: expected samples for every class, found none for class 1",
                       mll::invalid_argument);
}

TEST_CASE_TEMPLATE("the wide funnel is the same on every backend and thread count", Backend,
                   MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({30, 25, 40}, mll::test::mixed_hub(3, 3, 3, 2), 93);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::node_statistics statistics{labels};
  const auto expected = mll::wide_funnel<>{}(mll::exec::sequential{}, statistics, three, source);
  const auto compare = [&](const auto& backend) {
    check_same(mll::wide_funnel<>{}(backend, statistics, three, source), expected, 0);
  };
  compare(Backend{});
  if constexpr (std::is_constructible_v<Backend, std::size_t>) {
    compare(Backend{1});
    compare(Backend{2});
  }
}
