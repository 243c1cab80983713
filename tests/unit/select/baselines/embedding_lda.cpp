// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/embedding_lda.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "mll/select/select.hpp"
#include "support/planted_names.hpp"
#include "support/toy_general_model.hpp"

TEST_CASE("the discriminant of the embedding is the Gaussian log-posterior of shrunken means") {
  const std::vector<mll::test::planted_model> models{{{0}, {1}, {2}}};
  const auto planted = mll::test::plant({20, 20, 20}, models, 121);
  const auto labels = mll::test::named_labels(planted, models);
  mll::random_engine engine{122};
  mll::matrix<float> noise(60, 3);
  for (Eigen::Index i = 0; i < noise.size(); ++i)
    noise.data()[i] = static_cast<float>(mll::test::uniform(engine, -0.5, 0.5));
  const auto model = mll::test::general_model_for(planted.truth, 3, 1, noise);
  const mll::general_model_labels seen{mll::detail::unit_rows(model.samples, "sample"),
                                       mll::matrix<float>::Identity(3, 3)};
  const auto general = mll::make_general_heads(model, seen, labels.samples(), planted.match);
  const auto hub =
      mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(3), {.general = &seen});
  const auto chosen =
      mll::select(mll::exec::sequential{}, labels, planted.match,
                  mll::select_options<mll::embedding_lda>{.general = &general, .profile = &hub, .folds = 0});
  CHECK(chosen.ensemble.heads.empty());
  REQUIRE(chosen.models.size() == 1);
  CHECK(!chosen.models[0].id.valid());
  const auto found = mll::combine(chosen.ensemble, Eigen::ArrayXXf(60, 0), seen.embeddings);
  CHECK(mll::test::macro_accuracy_of(found, planted.truth) > 0.9);

  const double scale = static_cast<double>(hub.general.scale);
  const Eigen::MatrixXd z = scale * seen.embeddings.cast<double>();
  Eigen::MatrixXd covariance = hub.covariance.bottomRightCorner(3, 3).cast<double>();
  const double share = 0.3 * std::sqrt(3.0 / (60 - 3));
  covariance =
      ((1 - share) * covariance + share * covariance.trace() / 3 * Eigen::MatrixXd::Identity(3, 3)).eval();
  const Eigen::MatrixXd inverse = covariance.inverse();
  const double trust = 20 / (1.25 * 20 + 5);
  Eigen::MatrixXd expected(60, 3);
  for (Eigen::Index y = 0; y < 3; ++y) {
    const Eigen::RowVectorXd text = general.class_texts().row(y).cast<double>();
    const Eigen::RowVectorXd prior =
        scale * (hub.general.mean + (text - hub.general.text_mean) * hub.general.text_to_image);
    const Eigen::RowVectorXd mean = prior + trust * (z.middleRows(20 * y, 20).colwise().mean() - prior);
    for (Eigen::Index r = 0; r < 60; ++r) {
      const Eigen::RowVectorXd off = z.row(r) - mean;
      expected(r, y) = -0.5 * (off * inverse * off.transpose())(0, 0);
    }
  }
  for (Eigen::Index r = 0; r < 60; ++r) {
    const double top = expected.row(r).maxCoeff();
    const double all = top + std::log((expected.row(r).array() - top).exp().sum());
    for (Eigen::Index y = 0; y < 3; ++y)
      CHECK(std::abs(static_cast<double>(found(r, y)) - (expected(r, y) - all)) < 0.02);
  }
  CHECK_THROWS_WITH_AS((void)mll::select(mll::exec::sequential{}, labels, planted.match,
                                         mll::select_options<mll::embedding_lda>{.profile = &hub}),
                       "evidence: expected general heads, and a profile with the general model, found none",
                       mll::invalid_argument);
}
