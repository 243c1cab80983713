// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/ensemble.hpp"

#include <doctest/doctest.h>

// The scores of an ensemble are tested in combine.cpp.

TEST_CASE("an ensemble asks for embeddings only where its correction weighs them") {
  mll::ensemble fitted;
  CHECK(!fitted.uses_embeddings());
  CHECK(fitted.scale == mll::vote_scale::log_odds);
  fitted.correction.emplace();
  CHECK(!fitted.uses_embeddings());
  fitted.correction->embedding_weights = Eigen::MatrixXf::Zero(4, 2);
  CHECK(fitted.uses_embeddings());
}
