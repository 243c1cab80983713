// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/detail/folded_correction.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mll/select/ensemble/combine.hpp"

TEST_CASE("votes, correction and general discriminant add up to the documented score") {
  mll::ensemble fitted;
  fitted.heads = {{mll::model_id{0U}, 0}, {mll::model_id{0U}, 1}};
  fitted.votes = {
      {{.head = 0, .slope = 1.5F}}, {{.head = 1}}, {{.head = 1, .slope = 0.5F, .intercept = 0.2F}}};
  mll::linear_correction correction;
  correction.mean = Eigen::VectorXf::Constant(2, -1);
  correction.scale = Eigen::VectorXf::Constant(2, 0.5F);
  correction.weights = Eigen::MatrixXf(2, 3);
  correction.weights << 1, -2, 0.5F, 0.3F, 1, -1;
  correction.bias = Eigen::Vector3f{0.1F, -0.2F, 0.3F};
  correction.strength = 0.4F;
  mll::embedding_discriminant general;
  general.weights = Eigen::MatrixXf(2, 3);
  general.weights << 3, -1, 0.5F, -2, 2, 1;
  general.bias = Eigen::Vector3f{-0.3F, 0.2F, 0.1F};
  general.strength = 0.7F;
  Eigen::ArrayXXf log_odds(2, 2);
  log_odds << 0.5F, -1, 2, 0.3F;
  mll::matrix<float> embeddings(2, 2);
  embeddings << 0.6F, 0.8F, -1, 0;
  for (const bool with_correction : {true, false}) {
    fitted.correction.reset();
    if (with_correction) fitted.correction = correction;
    fitted.general = general;
    CHECK(fitted.uses_embeddings());
    const auto found = mll::combine(fitted, log_odds, embeddings);
    for (Eigen::Index i = 0; i < 2; ++i) {
      const auto log_softmax = [](Eigen::RowVector3d x) {
        return Eigen::RowVector3d{x.array() - std::log(x.array().exp().sum())};
      };
      Eigen::RowVector3d total{1.5 * log_odds(i, 0), log_odds(i, 1), 0.5 * log_odds(i, 1) + 0.2};
      if (with_correction) {
        Eigen::RowVector2d x;
        for (Eigen::Index h = 0; h < 2; ++h)
          x[h] = (std::log(1 / (1 + std::exp(-static_cast<double>(log_odds(i, h)))) + 0.003) + 1) * 0.5;
        total += 0.4F * log_softmax(x * correction.weights.cast<double>() +
                                    correction.bias.cast<double>().transpose());
      }
      total += 0.7F * log_softmax(embeddings.row(i).cast<double>() * general.weights.cast<double>() +
                                  general.bias.cast<double>().transpose());
      const Eigen::RowVector3d expected = log_softmax(total);
      for (Eigen::Index y = 0; y < 3; ++y)
        CHECK(static_cast<double>(found(i, y)) == doctest::Approx(expected[y]).epsilon(1e-4));
    }
  }
}
