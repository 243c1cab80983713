// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/general_only.hpp"

#include <doctest/doctest.h>

#include "mll/exec/sequential.hpp"
#include "mll/select/select.hpp"
#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

TEST_CASE("general_only predicts the class with the largest cosine") {
  const auto planted = mll::test::plant({4, 4}, {{{0}, {1}}}, 111);
  const auto labels = planted.labels();
  const auto model = mll::test::general_model_for(planted.truth, 2, 1.0F, mll::matrix<float>::Zero(8, 2));
  const mll::general_model_labels seen{model.samples, {}};
  const auto general = mll::make_general_heads(model, seen, labels.samples(), planted.match);
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match,
                                  mll::select_options<mll::general_only>{.general = &general});
  REQUIRE(chosen.models.size() == 1);
  CHECK(!chosen.models[0].id.valid());
  CHECK(chosen.estimate->accuracy == 1);
  CHECK_THROWS_WITH_AS(
      (void)mll::select(mll::exec::sequential{}, labels, planted.match,
                        mll::select_options<mll::general_only>{}),
      "general: expected general heads (mll::make_general_heads) in the options of select, found none",
      mll::invalid_argument);
}
