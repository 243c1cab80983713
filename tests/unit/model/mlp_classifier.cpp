// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/mlp_classifier.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "support/hashed_words.hpp"

using mll::activation;
using mll::mlp_classifier;
using mll::mlp_layer;

namespace {

mlp_layer random_layer(Eigen::Index outputs, Eigen::Index inputs, std::uint64_t seed) {
  mll::random_engine engine{seed};
  const auto draw = [&](float) { return static_cast<float>(engine() % 2001) / 1000 - 1; };
  return {mll::matrix<float>::Zero(outputs, inputs).unaryExpr(draw),
          Eigen::VectorXf::Zero(outputs).unaryExpr(draw)};
}

/// The network, number by number, in double.
std::vector<double> evaluate(const std::vector<mlp_layer>& layers, std::vector<double> values) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (i > 0) {
      for (double& v : values) v = std::max(v, 0.0);
    }
    std::vector<double> next;
    for (Eigen::Index o = 0; o < layers[i].weights.rows(); ++o) {
      double sum = double{layers[i].bias[o]};
      for (std::size_t k = 0; k < values.size(); ++k) {
        sum += double{layers[i].weights(o, static_cast<Eigen::Index>(k))} * values[k];
      }
      next.push_back(sum);
    }
    values = next;
  }
  return values;
}

}  // namespace

TEST_CASE("scores are those of the network") {
  const std::vector<mlp_layer> layers{random_layer(6, 4, 1), random_layer(5, 6, 2), random_layer(3, 5, 3)};
  for (std::size_t depth = 1; depth <= 3; ++depth) {
    std::vector<mlp_layer> some(layers.end() - static_cast<std::ptrdiff_t>(depth), layers.end());
    const mlp_classifier model{{"a", "b", "c"}, some, activation::sigmoid};
    const Eigen::Index width = some.front().weights.cols();
    std::vector<Eigen::VectorXf> batch;
    for (std::uint64_t i = 0; i < 5; ++i) batch.push_back(random_layer(width, 1, 10 + i).bias);
    mll::matrix<float> scores(5, 3);
    model.predict(batch, scores);
    for (std::size_t r = 0; r < 5; ++r) {
      const auto expected = evaluate(some, {batch[r].data(), batch[r].data() + width});
      for (std::size_t h = 0; h < 3; ++h) {
        CHECK(scores(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(h)) ==
              doctest::Approx(1 / (1 + std::exp(-expected[h]))).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("softmax is the default, and sparse features work") {
  using words = mll::test::hashed_words;
  const std::vector<mlp_layer> layers{random_layer(8, 64, 4), random_layer(2, 8, 5)};
  const mlp_classifier<words> model{{"a", "b"}, layers, activation::softmax, words{}};
  const std::vector<std::string> batch{"one two", "three", ""};
  mll::matrix<float> scores(3, 2);
  model.predict(batch, scores);
  for (Eigen::Index r = 0; r < 3; ++r) CHECK(scores.row(r).sum() == doctest::Approx(1));
  std::vector<double> counts(64);
  counts[words::bucket("three")] = 1;
  const auto expected = evaluate(layers, counts);
  CHECK(scores(1, 0) == doctest::Approx(1 / (1 + std::exp(expected[1] - expected[0]))).epsilon(1e-5));
  mll::matrix<float> nothing(0, 2);
  model.predict({}, nothing);
}

TEST_CASE("bad arguments are named") {
  const auto make = [](std::vector<std::string> names, const std::vector<mlp_layer>& layers) {
    return mlp_classifier{std::move(names), layers};
  };
  CHECK_THROWS_WITH_AS(make({"a"}, {}), "layers: expected at least one layer, found none",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({"a"}, {random_layer(3, 2, 1), random_layer(1, 4, 1)}),
                       "layers[1].weights: expected 3 columns, found 4", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({"a"}, {random_layer(3, 2, 1)}),
                       "head_names: expected 3 names, one per head, found 1", mll::invalid_argument);
  auto broken = random_layer(1, 2, 1);
  broken.bias.resize(2);
  CHECK_THROWS_WITH_AS(make({"a"}, {broken}),
                       "layers[0].bias: expected 1 values, one per row of the weights, found 2",
                       mll::invalid_argument);
}

TEST_CASE("a sample that is not finite has no score, even behind rectifiers") {
  const std::vector<mlp_layer> layers{random_layer(6, 4, 1), random_layer(5, 6, 2), random_layer(3, 5, 3)};
  for (const activation output : {activation::softmax, activation::sigmoid, activation::identity}) {
    const mlp_classifier model{{"a", "b", "c"}, layers, output};
    for (const float bad :
         {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
      std::vector<Eigen::VectorXf> batch(3, Eigen::VectorXf::Ones(4));
      batch[1][2] = bad;
      mll::matrix<float> scores(3, 3);
      model.predict(batch, scores);
      for (Eigen::Index h = 0; h < 3; ++h) {
        CHECK(std::isfinite(scores(0, h)));
        CHECK(std::isnan(scores(1, h)));
        CHECK(scores(2, h) == scores(0, h));
      }
    }
  }
}
