// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/screen/screening.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

mll::matrix<float> random_means(Eigen::Index classes, Eigen::Index heads, mll::random_engine& engine) {
  mll::matrix<float> out(classes, heads);
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = static_cast<float>(mll::test::uniform(engine, 0, 1));
  return out;
}

// Two models with repeated heads, for ties.
mll::test::planted_task with_ties() {
  mll::matrix<float> responses(6, 5);
  responses << 1, 0, 0.5F, 1, 0.25F,  //
      1, 0, 0.5F, 1, 0.25F,           //
      0, 1, 0.5F, 0, 0.25F,           //
      0, 1, 0.5F, 0, 0.25F,           //
      0, 0, 0.5F, 0, 0.75F,           //
      0, 0, 0.5F, 0, 0.75F;
  return mll::test::task_of_responses({2, 2, 2}, {responses, responses});
}

}  // namespace

TEST_CASE("reuse_scores follow their formula") {
  mll::random_engine engine{12};
  for (const Eigen::Index classes : {2, 3, 9}) {
    const auto means = random_means(classes, 40, engine);
    const auto scores = mll::reuse_scores(means);
    for (Eigen::Index h = 0; h < 40; ++h) {
      for (Eigen::Index y = 0; y < classes; ++y) {
        double greatest = -1;
        double sum = 0;
        for (Eigen::Index rival = 0; rival < classes; ++rival) {
          if (rival == y) continue;
          greatest = std::max(greatest, static_cast<double>(means(rival, h)));
          sum += static_cast<double>(means(rival, h));
        }
        const double expected =
            static_cast<double>(means(y, h)) - 0.5 * (greatest + sum / static_cast<double>(classes - 1));
        CHECK(scores(y, h) == doctest::Approx(expected).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE(
    "reuse scores: a perfect head has 1, a constant head 0, and a head that fires on a rival loses half") {
  mll::matrix<float> means(3, 4);
  means << 1, 0.7F, 1, 0,  //
      0, 0.7F, 1, 1,       //
      0, 0.7F, 0, 1;
  const auto scores = mll::reuse_scores(means);
  CHECK(scores(0, 0) == doctest::Approx(1));
  for (Eigen::Index y = 0; y < 3; ++y) CHECK(scores(y, 1) == doctest::Approx(0));
  CHECK(scores(0, 2) == doctest::Approx(0.25));
  CHECK(scores(0, 3) == doctest::Approx(-1));
}

TEST_CASE_TEMPLATE("screen keeps the best heads in order, ties by position", Backend, MLL_TEST_BACKENDS) {
  const auto planted = with_ties();
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto kept = mll::screen(Backend{}, evidence, 5);
  REQUIRE(kept.size() == 3);
  const auto positions = [&](std::size_t y) {
    std::vector<std::uint32_t> out;
    for (const auto& head : kept[y]) out.push_back(head.position);
    return out;
  };
  CHECK(positions(0) == std::vector<std::uint32_t>{0, 3, 5, 8, 2});
  CHECK(positions(1) == std::vector<std::uint32_t>{1, 6, 2, 7, 4});
  CHECK(positions(2) == std::vector<std::uint32_t>{4, 9, 2, 7, 0});
  CHECK(kept[0][0].score == doctest::Approx(1));
  CHECK(kept[2][0].score == doctest::Approx(0.5));
  CHECK(kept[2][2].score == doctest::Approx(0));
}

TEST_CASE_TEMPLATE("screen is the same on every backend and thread count", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({7, 9, 4, 11}, mll::test::mixed_hub(4, 12, 20, 1), 13);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto expected = mll::screen(mll::exec::sequential{}, evidence, 17);
  const auto found = mll::screen(Backend{}, evidence, 17);
  for (std::size_t y = 0; y < 4; ++y) {
    REQUIRE(found[y].size() == 17);
    for (std::size_t i = 0; i < 17; ++i) {
      CHECK(found[y][i].position == expected[y][i].position);
      CHECK(found[y][i].score == expected[y][i].score);
    }
  }
}

TEST_CASE("screen returns the whole hub if max_heads exceeds it, and rejects 0") {
  const auto planted = with_ties();
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  for (const auto& kept : mll::screen(mll::exec::sequential{}, evidence, 1000)) CHECK(kept.size() == 10);
  CHECK_THROWS_WITH_AS((void)mll::screen(mll::exec::sequential{}, evidence, 0),
                       "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("screen always keeps the general head of a class", Backend, MLL_TEST_BACKENDS) {
  const auto planted = with_ties();
  const auto labels = planted.labels();
  // The general model is always wrong.
  mll::matrix<float> cosines(6, 3);
  for (Eigen::Index r = 0; r < 6; ++r) {
    for (Eigen::Index y = 0; y < 3; ++y) cosines(r, y) = r / 2 == y ? -1.0F : 1.0F;
  }
  const mll::general_heads general{mll::matrix<float>::Identity(3, 3), cosines, 8};
  const mll::task_evidence evidence{labels, planted.match, &general};
  const auto kept = mll::screen(Backend{}, evidence, 2);
  for (std::uint32_t y = 0; y < 3; ++y) {
    REQUIRE(kept[y].size() == 3);
    CHECK(kept[y].back().position == 10 + y);
    CHECK(kept[y].back().score < 0);
    CHECK(kept[y][0].position < 10);
  }
  for (const auto& all : mll::screen(Backend{}, evidence, 13)) CHECK(all.size() == 13);
}
