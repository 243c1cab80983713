// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/detail/fit_temperature.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// One model, one head per class; the first head responds with the log-odds of class 0, the second with noise.
mll::ensemble of_first_heads(const mll::test::planted_task& planted, float slope) {
  mll::ensemble out;
  out.votes.resize(planted.counts.size());
  for (std::size_t y = 0; y < planted.counts.size(); ++y) {
    out.heads.push_back({mll::model_id{0}, static_cast<std::uint32_t>(y)});
    out.votes[y].push_back({.head = static_cast<std::uint32_t>(y), .weight = 1, .slope = slope});
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("fit_temperature undoes a planted factor", Backend, MLL_TEST_BACKENDS) {
  // The difference of two heads with log-odds +-1 and unit noise has mean +-2 and variance 2: twice the
  // difference is the log-odds of the class, so that slopes of s ask for a temperature of 2 / s.
  const auto planted = mll::test::plant({4000, 4000}, {{{0, 1, 0, 1}, {1, 1, 0, 1}}}, 71);
  const auto labels = planted.labels<mll::log_odds_float>();
  const mll::task_evidence evidence{labels, planted.match};
  for (const float slope : {0.5F, 1.0F, 2.0F, 8.0F}) {
    mll::ensemble fitted = of_first_heads(planted, slope);
    mll::detail::fit_temperature(Backend{}, evidence, fitted);
    CHECK(fitted.temperature == doctest::Approx(2 / static_cast<double>(slope)).epsilon(0.08));
  }
}

TEST_CASE("fit_temperature stays in its range") {
  const auto planted = mll::test::plant({30, 30}, {{{0, 5, 0, 0.1}, {1, 5, 0, 0.1}}}, 72);
  const auto labels = planted.labels<mll::log_odds_float>();
  const mll::task_evidence evidence{labels, planted.match};
  mll::ensemble always_right = of_first_heads(planted, 1);
  mll::detail::fit_temperature(mll::exec::sequential{}, evidence, always_right);
  CHECK(always_right.temperature <= 8.0F);
  CHECK(always_right.temperature >= 0.125F);

  mll::ensemble always_wrong = always_right;
  std::swap(always_wrong.votes[0], always_wrong.votes[1]);
  mll::detail::fit_temperature(mll::exec::sequential{}, evidence, always_wrong);
  CHECK(always_wrong.temperature == doctest::Approx(0.125).epsilon(0.02));
}

TEST_CASE("fit_temperature leaves 1 where there is no sample") {
  const mll::model_labels none;
  const auto match = mll::test::planted_match(std::vector<std::size_t>{0, 0});
  const mll::general_heads general{mll::matrix<float>::Identity(2, 2), mll::matrix<float>(0, 2), 1};
  const mll::task_evidence evidence{none, match, &general};
  mll::ensemble fitted;
  fitted.heads = {{mll::model_id{}, 0}, {mll::model_id{}, 1}};
  fitted.votes = {{{.head = 0}}, {{.head = 1}}};
  fitted.temperature = 5;
  mll::detail::fit_temperature(mll::exec::sequential{}, evidence, fitted);
  CHECK(fitted.temperature == 1);
}
