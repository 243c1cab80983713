// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/linear_classifier.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "support/hashed_words.hpp"

using mll::activation;
using mll::linear_classifier;

namespace {

mll::matrix<float> random_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  mll::random_engine engine{seed};
  mll::matrix<float> out(rows, columns);
  for (Eigen::Index r = 0; r < rows; ++r) {
    for (Eigen::Index c = 0; c < columns; ++c) out(r, c) = static_cast<float>(engine() % 2001) / 1000 - 1;
  }
  return out;
}

}  // namespace

TEST_CASE("scores are the activation of W x + b") {
  const mll::matrix<float> weights = random_matrix(3, 5, 1);
  const Eigen::VectorXf bias = random_matrix(3, 1, 2).col(0);
  std::vector<Eigen::VectorXf> batch;
  for (std::uint64_t i = 0; i < 4; ++i) batch.emplace_back(random_matrix(5, 1, 3 + i).col(0));
  const linear_classifier soft{{"a", "b", "c"}, weights, bias};
  const linear_classifier each{{"a", "b", "c"}, weights, bias, activation::sigmoid};
  const linear_classifier plain{{"a", "b", "c"}, weights, bias, activation::identity};
  CHECK(soft.head_count() == 3);
  CHECK(soft.head_name(2) == "c");
  mll::matrix<float> scores(4, 3);
  mll::matrix<float> sigmoids(4, 3);
  mll::matrix<float> sums(4, 3);
  soft.predict(batch, scores);
  each.predict(batch, sigmoids);
  plain.predict(batch, sums);
  for (Eigen::Index r = 0; r < 4; ++r) {
    double total = 0;
    std::vector<double> value(3);
    for (Eigen::Index h = 0; h < 3; ++h) {
      auto& v = value[static_cast<std::size_t>(h)];
      v = double{bias[h]};
      for (Eigen::Index f = 0; f < 5; ++f)
        v += double{weights(h, f)} * double{batch[static_cast<std::size_t>(r)][f]};
      total += std::exp(v);
    }
    for (Eigen::Index h = 0; h < 3; ++h) {
      const double v = value[static_cast<std::size_t>(h)];
      CHECK(sums(r, h) == doctest::Approx(v).epsilon(1e-5));
      CHECK(scores(r, h) == doctest::Approx(std::exp(v) / total).epsilon(1e-5));
      CHECK(sigmoids(r, h) == doctest::Approx(1 / (1 + std::exp(-v))).epsilon(1e-5));
    }
  }
}

TEST_CASE("text through sparse features") {
  using words = mll::test::hashed_words;
  mll::matrix<float> weights = mll::matrix<float>::Zero(2, 64);
  weights(0, static_cast<Eigen::Index>(words::bucket("cat"))) = 2;
  weights(1, static_cast<Eigen::Index>(words::bucket("dog"))) = 3;
  REQUIRE(words::bucket("cat") != words::bucket("dog"));
  const linear_classifier<words> model{
      {"cat", "dog"}, weights, Eigen::Vector2f{0, -1}, activation::softmax, words{}};
  mll::matrix<float> scores(2, 2);
  const std::vector<std::string> batch{"cat cat dog", ""};
  model.predict(batch, scores);
  CHECK(scores(0, 0) == doctest::Approx(std::exp(4.0) / (std::exp(4.0) + std::exp(2.0))).epsilon(1e-5));
  CHECK(scores(1, 1) == doctest::Approx(std::exp(-1.0) / (1 + std::exp(-1.0))).epsilon(1e-5));
}

TEST_CASE("an empty batch writes nothing") {
  const linear_classifier model{{"a"}, mll::matrix<float>::Ones(1, 2), Eigen::VectorXf::Zero(1)};
  mll::matrix<float> scores(0, 1);
  model.predict({}, scores);
  CHECK(scores.rows() == 0);
}

TEST_CASE("bad arguments are named") {
  const auto make = [](std::vector<std::string> names, const mll::matrix<float>& weights,
                       const Eigen::VectorXf& bias) {
    return linear_classifier{std::move(names), weights, bias};
  };
  const mll::matrix<float> weights = mll::matrix<float>::Zero(2, 3);
  const Eigen::VectorXf bias = Eigen::VectorXf::Zero(2);
  CHECK_THROWS_WITH_AS(make({"a"}, weights, bias), "head_names: expected 2 names, one per head, found 1",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({"a", "b"}, weights, Eigen::VectorXf::Zero(3)),
                       "bias: expected 2 values, one per row of the weights, found 3", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({}, mll::matrix<float>(0, 3), Eigen::VectorXf(0)),
                       "weights: expected at least one row, found none", mll::invalid_argument);
  mll::matrix<float> broken = weights;
  broken(1, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(make({"a", "b"}, broken, bias),
                       "weights: expected finite values, found NaN or infinity", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({"a", "b"}, weights, Eigen::Vector2f{0, std::numeric_limits<float>::infinity()}),
                       "bias: expected finite values, found NaN or infinity", mll::invalid_argument);
  using words = mll::test::hashed_words;
  CHECK_THROWS_WITH_AS((linear_classifier<words>{{"a", "b"}, weights, bias, activation::softmax, words{}}),
                       "weights: expected 64 columns, one per feature, found 3", mll::invalid_argument);
  mll::matrix<float> scores(1, 2);
  const std::vector<Eigen::VectorXf> batch{Eigen::VectorXf::Zero(4)};
  CHECK_THROWS_WITH_AS(make({"a", "b"}, weights, bias).predict(batch, scores),
                       "batch: expected samples of length 3, found length 4 at position 0",
                       mll::invalid_argument);
}
