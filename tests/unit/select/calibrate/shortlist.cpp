// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/shortlist.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <type_traits>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/screen/screening.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

const mll::class_evidence three{{{0, 256}}, {{1, 256}}, {{2, 256}}};

}  // namespace

TEST_CASE("shortlist agrees with calibrations from all samples, by increasing loss") {
  const auto planted = mll::test::plant({30, 25, 40}, mll::test::mixed_hub(3, 4, 3, 2), 71);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::task_evidence evidence{labels, planted.match};
  const mll::exec::sequential backend;
  const auto screened = mll::screen(backend, mll::node_statistics{labels}, three, 1000);
  const auto lists = mll::shortlist(backend, source, three, screened);
  REQUIRE(lists.size() == 3);
  std::size_t compared = 0;
  for (std::size_t y = 0; y < 3; ++y) {
    REQUIRE(!lists[y].empty());
    for (std::size_t i = 0; i < lists[y].size(); ++i) {
      const auto& head = lists[y][i];
      if (i != 0) CHECK(lists[y][i - 1].fit.loss <= head.fit.loss);
      CHECK(head.fit.slope > 0);
      const std::vector<std::uint32_t> position{head.position};
      const Eigen::ArrayXXf responses = evidence.log_odds(backend, position);
      const auto expected =
          mll::calibrate({responses.data(), evidence.rows().size()}, evidence.rows(), mll::class_id{y});
      CHECK(head.fit.slope == doctest::Approx(expected.slope).epsilon(0.01));
      CHECK(head.fit.intercept == doctest::Approx(expected.intercept).epsilon(0.01));
      CHECK(head.fit.loss == doctest::Approx(expected.loss).epsilon(0.01));
      ++compared;
    }
  }
  MESSAGE(compared << " calibrations");
}

TEST_CASE("shortlist keeps the max_heads heads of lowest loss") {
  const auto planted = mll::test::plant({30, 25, 40}, mll::test::mixed_hub(3, 4, 3, 2), 72);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::exec::sequential backend;
  const auto screened = mll::screen(backend, mll::node_statistics{labels}, three, 1000);
  const auto all = mll::shortlist(backend, source, three, screened, {.max_heads = 1000});
  const auto two = mll::shortlist(backend, source, three, screened, {.max_heads = 2});
  for (std::size_t y = 0; y < 3; ++y) {
    REQUIRE(two[y].size() == 2);
    CHECK(two[y][0] == all[y][0]);
    CHECK(two[y][1] == all[y][1]);
  }
  CHECK_THROWS_WITH_AS((void)mll::shortlist(backend, source, three, screened, {.max_heads = 0}),
                       "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
}

TEST_CASE("without a positive slope the first screened head stays, with slope 1e-3") {
  // One head that responds to everything but its class.
  mll::matrix<float> responses(40, 1);
  for (Eigen::Index i = 0; i < 40; ++i) responses(i, 0) = i < 20 ? 0.001F : 0.999F;
  const auto planted = mll::test::task_of_responses({20, 20}, {responses});
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const std::vector<std::vector<mll::screened_head>> screened{{{0, 0.5F}}, {}};
  const auto lists = mll::shortlist(mll::exec::sequential{}, source, {{{0, 256}}, {{1, 256}}}, screened);
  REQUIRE(lists[0].size() == 1);
  CHECK(lists[0][0].fit.slope == 1e-3F);
  CHECK(lists[1].empty());
}

TEST_CASE("fewer samples give nearly the same calibrations") {
  const auto planted = mll::test::plant({400, 400, 400}, mll::test::mixed_hub(3, 4, 3, 2), 73);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::exec::sequential backend;
  const auto screened = mll::screen(backend, mll::node_statistics{labels}, three, 8);
  const auto all = mll::shortlist(backend, source, three, screened);
  const auto some =
      mll::shortlist(backend, source, three, screened, {.own_samples = 200, .all_samples = 600});
  for (std::size_t y = 0; y < 3; ++y) {
    for (const auto& head : all[y]) {
      for (const auto& other : some[y]) {
        if (other.position == head.position)
          CHECK(other.fit.slope == doctest::Approx(head.fit.slope).epsilon(0.4));
      }
    }
  }
}

TEST_CASE_TEMPLATE("shortlist is the same on every backend and thread count", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({30, 25, 40}, mll::test::mixed_hub(3, 4, 3, 2), 74);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const auto screened = mll::screen(mll::exec::sequential{}, mll::node_statistics{labels}, three, 64);
  const auto expected = mll::shortlist(mll::exec::sequential{}, source, three, screened);
  const auto compare = [&](const auto& backend) {
    CHECK(mll::shortlist(backend, source, three, screened) == expected);
  };
  compare(Backend{});
  if constexpr (std::is_constructible_v<Backend, std::size_t>) {
    compare(Backend{1});
    compare(Backend{2});
  }
}
