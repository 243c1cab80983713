// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/combine.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/planted_labels.hpp"

namespace {

mll::ensemble two_classes(mll::vote_scale scale) {
  mll::ensemble out;
  out.heads = {{mll::model_id{0}, 0}, {mll::model_id{0}, 1}, {mll::model_id{1}, 0}};
  out.scale = scale;
  out.votes = {{{.head = 0, .weight = 0.25F, .slope = 2, .intercept = 0.5F}, {.head = 2, .weight = 0.75F}},
               {{.head = 1, .weight = 1, .slope = 1.5F, .intercept = 0.125F}}};
  return out;
}

double log_odds(double p) {
  return std::log(p / (1 - p));
}

// Three responses to one sample.
const std::vector<double> p{0.9, 0.4, 0.7};

Eigen::ArrayXXf answers() {
  Eigen::ArrayXXf out(1, 3);
  for (Eigen::Index h = 0; h < 3; ++h)
    out(0, h) = static_cast<float>(log_odds(p[static_cast<std::size_t>(h)]));
  return out;
}

// Checks log-probabilities of two classes with scores a and b.
void check_scores(const mll::matrix<float>& found, double a, double b) {
  const double total = std::log(std::exp(a) + std::exp(b));
  CHECK(found(0, 0) == doctest::Approx(a - total).epsilon(1e-5));
  CHECK(found(0, 1) == doctest::Approx(b - total).epsilon(1e-5));
}

mll::ensemble random_combination(std::size_t classes, std::size_t heads, mll::random_engine& engine) {
  mll::ensemble out;
  for (std::size_t h = 0; h < heads; ++h) out.heads.push_back({mll::model_id{h}, 0});
  for (std::size_t y = 0; y < classes; ++y) {
    out.votes.emplace_back();
    for (int v = 0; v < 3; ++v) {
      out.votes.back().push_back({.head = static_cast<std::uint32_t>(engine() % heads),
                                  .weight = 1.0F / 3,
                                  .slope = static_cast<float>(mll::test::uniform(engine, 0.1, 2)),
                                  .intercept = static_cast<float>(mll::test::uniform(engine, -1, 1))});
    }
  }
  return out;
}

Eigen::ArrayXXf random_answers(Eigen::Index rows, std::size_t heads, mll::random_engine& engine) {
  Eigen::ArrayXXf out(rows, static_cast<Eigen::Index>(heads));
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = static_cast<float>(mll::test::uniform(engine, -12, 12));
  return out;
}

}  // namespace

TEST_CASE("combine adds log-odds up") {
  const double first = 0.25 * (2 * log_odds(p[0]) + 0.5) + 0.75 * log_odds(p[2]);
  const double second = 1.5 * log_odds(p[1]) + 0.125;
  auto fitted = two_classes(mll::vote_scale::log_odds);
  check_scores(mll::combine(fitted, answers()), first, second);
  fitted.temperature = 3;
  check_scores(mll::combine(fitted, answers()), 3 * first, 3 * second);
}

TEST_CASE("combine adds log-probabilities up, with a floor") {
  const auto fitted = two_classes(mll::vote_scale::log_probability);
  const double first = 0.25 * (2 * std::log(p[0] + 0.003) + 0.5) + 0.75 * std::log(p[2] + 0.003);
  check_scores(mll::combine(fitted, answers()), first, 1.5 * std::log(p[1] + 0.003) + 0.125);
}

TEST_CASE("combine adds probabilities up and takes the logarithm") {
  const auto fitted = two_classes(mll::vote_scale::probability);
  const double first = std::log(0.25 * (2 * p[0] + 0.5) + 0.75 * p[2]);
  check_scores(mll::combine(fitted, answers()), first, std::log(1.5 * p[1] + 0.125));
}

TEST_CASE("combine adds a linear correction") {
  auto fitted = two_classes(mll::vote_scale::log_odds);
  mll::linear_correction correction;
  correction.mean = Eigen::Vector3f{-1, -0.5F, 0};
  correction.scale = Eigen::Vector3f{1, 2, 0.5F};
  correction.weights.resize(3, 2);
  correction.weights << 0.5F, -0.5F, 1, 0.25F, -1, 0.75F;
  correction.bias = Eigen::Vector2f{0.1F, -0.2F};
  correction.strength = 0.6F;
  fitted.correction = correction;

  double d[2];
  for (Eigen::Index y = 0; y < 2; ++y) {
    d[y] = correction.bias[y];
    for (Eigen::Index h = 0; h < 3; ++h) {
      const double feature =
          (std::log(p[static_cast<std::size_t>(h)] + 0.003) - correction.mean[h]) * correction.scale[h];
      d[y] += feature * correction.weights(h, y);
    }
  }
  const double normaliser = std::log(std::exp(d[0]) + std::exp(d[1]));
  const double first = 0.25 * (2 * log_odds(p[0]) + 0.5) + 0.75 * log_odds(p[2]) + 0.6 * (d[0] - normaliser);
  const double second = 1.5 * log_odds(p[1]) + 0.125 + 0.6 * (d[1] - normaliser);
  check_scores(mll::combine(fitted, answers()), first, second);

  SUBCASE("without votes") {
    fitted.votes = {{}, {}};
    fitted.correction->strength = 1;
    check_scores(mll::combine(fitted, answers()), d[0], d[1]);
  }
}

TEST_CASE("rows of combine are log-probabilities on every scale, even for saturated responses") {
  mll::random_engine engine{1};
  for (const auto scale :
       {mll::vote_scale::log_odds, mll::vote_scale::log_probability, mll::vote_scale::probability}) {
    auto fitted = random_combination(7, 5, engine);
    fitted.scale = scale;
    fitted.temperature = 8;
    Eigen::ArrayXXf said = random_answers(50, 5, engine);
    said.row(0).setConstant(12);
    said.row(1).setConstant(-12);
    const mll::matrix<float> scores = mll::combine(fitted, said);
    REQUIRE(scores.rows() == 50);
    REQUIRE(scores.cols() == 7);
    CHECK(scores.allFinite());
    for (Eigen::Index i = 0; i < scores.rows(); ++i)
      CHECK(scores.row(i).cast<double>().array().exp().sum() == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("the scores of a sample do not depend on the samples beside it") {
  mll::random_engine engine{3};
  for (const auto scale :
       {mll::vote_scale::log_odds, mll::vote_scale::log_probability, mll::vote_scale::probability}) {
    auto fitted = random_combination(5, 6, engine);
    fitted.scale = scale;
    fitted.correction =
        mll::linear_correction{Eigen::VectorXf::Random(6), Eigen::VectorXf::Ones(6),
                               Eigen::MatrixXf::Random(6, 5), Eigen::VectorXf::Random(5), 0.5F};
    const Eigen::ArrayXXf said = random_answers(300, 6, engine);
    const mll::matrix<float> whole = mll::combine(fitted, said);
    for (const Eigen::Index i : {0, 1, 127, 128, 271, 299}) {
      const Eigen::ArrayXXf alone = said.middleRows(i, 1);
      CHECK(mll::combine(fitted, alone) == whole.row(i));  // to the bit
    }
  }
}

TEST_CASE("the temperature of votes keeps the predicted class") {
  mll::random_engine engine{2};
  auto fitted = random_combination(6, 9, engine);
  const Eigen::ArrayXXf said = random_answers(200, 9, engine);
  const mll::matrix<float> before = mll::combine(fitted, said);
  for (const float temperature : {0.125F, 0.5F, 8.0F}) {
    fitted.temperature = temperature;
    const mll::matrix<float> after = mll::combine(fitted, said);
    for (Eigen::Index i = 0; i < said.rows(); ++i) {
      Eigen::Index expected = 0;
      Eigen::Index found = 0;
      before.row(i).maxCoeff(&expected);
      after.row(i).maxCoeff(&found);
      CHECK(expected == found);
    }
  }
}

TEST_CASE("combine refuses responses of another width and accepts an empty batch") {
  const auto fitted = two_classes(mll::vote_scale::log_odds);
  CHECK_THROWS_WITH_AS((void)mll::combine(fitted, Eigen::ArrayXXf::Zero(4, 2)),
                       "log_odds: expected 3 columns, one per head, found 2", mll::invalid_argument);
  const mll::matrix<float> none = mll::combine(fitted, Eigen::ArrayXXf(0, 3));
  CHECK(none.rows() == 0);
  CHECK(none.cols() == 2);
}
