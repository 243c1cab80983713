// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/detail/thrust_combination.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/exec/detail/thrust_host.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/detail/parts_of.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

struct combination_case {
  mll::ensemble fitted;
  Eigen::ArrayXXf log_odds;
  mll::matrix<float> embeddings;

  combination_case(std::size_t classes, std::size_t heads, Eigen::Index samples, mll::vote_scale scale,
                   std::uint64_t seed)
      : log_odds(samples, static_cast<Eigen::Index>(heads)) {
    mll::random_engine engine{seed};
    for (float& x : log_odds.reshaped()) x = value(engine, 12);
    fitted.scale = scale;
    fitted.temperature = 1.5F;
    for (std::size_t h = 0; h < heads; ++h) fitted.heads.push_back({mll::model_id{h}, 0});
    // Class y has y % 4 votes, and may have several of one head.
    for (std::size_t y = 0; y < classes; ++y) {
      auto& votes = fitted.votes.emplace_back();
      for (std::size_t v = 0; v < y % 4; ++v) {
        votes.push_back({.head = static_cast<std::uint32_t>(engine() % heads),
                         .weight = 1.0F / static_cast<float>(y % 4),
                         .slope = 1 + value(engine, 0.5),
                         .intercept = value(engine, 0.5)});
      }
    }
  }

  void add_correction(Eigen::Index dim, std::uint64_t seed) {
    mll::random_engine engine{seed};
    const auto classes = static_cast<Eigen::Index>(fitted.votes.size());
    auto& correction = fitted.correction.emplace();
    correction.strength = 0.75F;
    correction.mean.resize(log_odds.cols());
    correction.scale.resize(log_odds.cols());
    correction.weights.resize(log_odds.cols(), classes);
    correction.bias.resize(classes);
    correction.embedding_weights.resize(dim, dim == 0 ? 0 : classes);
    embeddings.resize(log_odds.rows(), dim);
    for (float& x : correction.mean) x = value(engine, 1) - 2;
    for (float& x : correction.scale) x = 1 + value(engine, 0.5);
    for (float& x : correction.weights.reshaped()) x = value(engine, 1);
    for (float& x : correction.bias) x = value(engine, 1);
    for (float& x : correction.embedding_weights.reshaped()) x = value(engine, 1);
    for (float& x : embeddings.reshaped()) x = value(engine, 1);
  }

  template <class Backend>
  [[nodiscard]] std::vector<float> by_thrust(const Backend& backend, std::size_t chunk,
                                             bool as_probability) const {
    mll::detail::thrust_combination combination{mll::exec::detail::thrust_host{backend},
                                                mll::detail::parts_of(fitted), chunk};
    return combination.run({log_odds.data(), static_cast<std::size_t>(log_odds.size())},
                           {embeddings.data(), static_cast<std::size_t>(embeddings.size())},
                           static_cast<std::size_t>(log_odds.rows()), as_probability);
  }

 private:
  static float value(mll::random_engine& engine, double size) {
    return static_cast<float>(mll::test::uniform(engine, -size, size));
  }
};

}  // namespace

TEST_CASE_TEMPLATE("combination by Thrust gives the scores of combine", Backend, MLL_TEST_BACKENDS) {
  std::size_t compared = 0;
  for (const auto scale :
       {mll::vote_scale::log_odds, mll::vote_scale::log_probability, mll::vote_scale::probability}) {
    for (const std::size_t classes : {1U, 2U, 9U}) {
      for (const Eigen::Index samples : {1, 130}) {
        for (const Eigen::Index dim : {-1, 0, 5}) {  // -1: without a correction
          combination_case of{classes, 1 + 2 * classes, samples, scale, classes};
          if (dim >= 0) of.add_correction(dim, classes);
          const mll::matrix<float> expected = mll::combine(of.fitted, of.log_odds, of.embeddings);
          for (const std::size_t chunk : {1U, 64U, 1000U}) {
            const auto found = of.by_thrust(Backend{}, chunk, false);
            const auto probabilities = of.by_thrust(Backend{}, chunk, true);
            REQUIRE(found.size() == static_cast<std::size_t>(expected.size()));
            for (std::size_t i = 0; i < found.size(); ++i) {
              const float score = expected.data()[i];
              CHECK(std::abs(found[i] - score) < 1e-5F * (1 + std::abs(score)));
              CHECK(std::abs(probabilities[i] - std::exp(score)) < 1e-5F);
              ++compared;
            }
          }
        }
      }
    }
  }
  MESSAGE(compared << " scores");
}

TEST_CASE_TEMPLATE("combination by Thrust is bitwise the same on every policy and in every chunk", Backend,
                   MLL_TEST_BACKENDS) {
  combination_case of{7, 10, 301, mll::vote_scale::log_probability, 3};
  of.add_correction(4, 3);
  const auto expected = of.by_thrust(mll::exec::sequential{}, 1000, false);
  CHECK(of.by_thrust(Backend{}, 1000, false) == expected);
  CHECK(of.by_thrust(Backend{}, 17, false) == expected);
}

TEST_CASE("combination by Thrust checks the sizes of its inputs") {
  combination_case of{3, 2, 4, mll::vote_scale::log_odds, 1};
  of.add_correction(5, 1);
  mll::detail::thrust_combination combination{mll::exec::detail::thrust_host{mll::exec::sequential{}},
                                              mll::detail::parts_of(of.fitted)};
  const std::vector<float> values(20);
  CHECK_THROWS_WITH_AS(static_cast<void>(combination.run(std::span{values}.first(7), values, 4, false)),
                       "log_odds: expected 8 values, found 7", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(static_cast<void>(combination.run(std::span{values}.first(8), {}, 4, false)),
                       "embeddings: expected 20 values, found 0", mll::invalid_argument);
  CHECK(combination.run({}, {}, 0, true).empty());
}
