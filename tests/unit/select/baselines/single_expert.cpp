// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/single_expert.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

TEST_CASE_TEMPLATE("single_expert takes the expert with the greatest accuracy of its best heads", Backend,
                   MLL_TEST_BACKENDS) {
  mll::random_engine engine{141};
  for (int round = 0; round < 8; ++round) {
    std::vector<mll::test::planted_model> models;
    for (int m = 0; m < 6; ++m) {
      mll::test::planted_model model;
      for (std::size_t h = 0; h < 2 + engine() % 3; ++h)
        model.push_back({engine() % 3, mll::test::uniform(engine, 0, 2), 0, 1});
      models.push_back(model);
    }
    const auto planted = mll::test::plant({7, 5, 9}, models, engine());
    const auto labels = planted.labels<mll::log_odds_float>();
    const mll::task_evidence evidence{labels, planted.match};
    const auto fitted = mll::single_expert{}(Backend{}, evidence);

    // By hand: the best head of each model for each class from its mean responses, then its accuracy.
    double best = -1;
    std::size_t winner = 0;
    std::vector<std::size_t> winner_heads;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const auto& responses = planted.responses[m];
      std::vector<std::size_t> heads;
      for (std::size_t y = 0; y < 3; ++y) {
        double top = -2;
        heads.push_back(0);
        for (Eigen::Index h = 0; h < responses.cols(); ++h) {
          std::vector<double> mean(3, 0);
          for (std::size_t r = 0; r < planted.truth.size(); ++r) {
            mean[planted.truth[r]] += static_cast<double>(responses(static_cast<Eigen::Index>(r), h)) /
                                      static_cast<double>(planted.counts[planted.truth[r]]);
          }
          const double first = mean[(y + 1) % 3];
          const double second = mean[(y + 2) % 3];
          const double score = mean[y] - (std::max(first, second) + (first + second) / 2) / 2;
          if (score > top) {
            top = score;
            heads.back() = static_cast<std::size_t>(h);
          }
        }
      }
      mll::matrix<float> scores(21, 3);
      for (Eigen::Index y = 0; y < 3; ++y)
        scores.col(y) = responses.col(static_cast<Eigen::Index>(heads[static_cast<std::size_t>(y)]));
      const double accuracy = mll::test::macro_accuracy_of(scores, planted.truth);
      if (accuracy > best + 1e-9) {
        best = accuracy;
        winner = m;
        winner_heads = heads;
      }
    }
    for (std::size_t y = 0; y < 3; ++y) {
      REQUIRE(fitted.votes[y].size() == 1);
      const mll::head_id head = fitted.heads[fitted.votes[y][0].head];
      CHECK(head.model == mll::model_id{winner});
      CHECK(head.index == winner_heads[y]);
    }
    CHECK(mll::test::macro_accuracy_of(mll::combine(fitted, mll::test::log_odds_of(planted, fitted)),
                                       planted.truth) == doctest::Approx(best));
  }
}

TEST_CASE("of equal experts the first is taken") {
  const auto one = mll::test::plant({5, 5}, {{{0}, {1}}}, 142);
  const auto planted = mll::test::task_of_responses({5, 5}, {one.responses[0], one.responses[0]});
  const auto labels = planted.labels();
  const auto fitted =
      mll::single_expert{}(mll::exec::sequential{}, mll::task_evidence{labels, planted.match});
  for (const mll::head_id head : fitted.heads) CHECK(head.model == mll::model_id{0});
  CHECK(mll::single_expert::name() == "single_expert");
}

TEST_CASE("the general model may be the best single expert") {
  const auto planted = mll::test::plant({8, 8, 8}, mll::test::mixed_hub(3, 0, 3, 0), 143);
  const auto labels = planted.labels();
  const auto model = mll::test::general_model_for(planted.truth, 3, 1, mll::matrix<float>::Zero(24, 3));
  const auto general = mll::make_general_heads(model, {model.samples}, labels.samples(), planted.match);
  const mll::task_evidence evidence{labels, planted.match, &general};
  const auto fitted = mll::single_expert{}(mll::exec::sequential{}, evidence);
  for (std::uint32_t y = 0; y < 3; ++y) {
    CHECK(fitted.heads[fitted.votes[y].at(0).head] == mll::head_id{mll::model_id{}, y});
  }
}
