// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/find/find_like.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// Head 0 of model 1 follows head 0 of model 0 sample by sample; head 1 has its means, but noise of its own.
mll::basic_model_labels<mll::log_odds_float> alike_labels() {
  const std::vector<std::size_t> counts{12, 9, 15};
  const std::vector<std::size_t> truth = mll::test::truth_of(counts);
  std::vector<mll::matrix<float>> responses(2);
  responses[0].resize(36, 1);
  responses[1].resize(36, 2);
  mll::random_engine engine{5};
  for (Eigen::Index r = 0; r < 36; ++r) {
    const float mean = truth[static_cast<std::size_t>(r)] == 1 ? 0.7F : 0.2F;
    const auto noise = static_cast<float>(mll::test::uniform(engine, -0.15, 0.15));
    responses[0](r, 0) = mean + noise;
    responses[1](r, 0) = 0.4F + noise / 2;
    responses[1](r, 1) = mean + static_cast<float>(mll::test::uniform(engine, -0.15, 0.15));
  }
  return mll::test::task_of_responses(counts, responses).labels<mll::log_odds_float>();
}

}  // namespace

TEST_CASE("find_like ranks heads by agreement on samples of the same node") {
  // The fixture keeps responses as floats, so that rounding does not blur the correlation.
  const auto labels = alike_labels();
  const auto found =
      mll::find_like(mll::exec::sequential{}, labels, mll::head_id{mll::model_id{std::size_t{0}}, 0});
  REQUIRE(found.size() == 2);
  CHECK(found[0].head == mll::head_id{mll::model_id{std::size_t{1}}, 0});
  CHECK(found[0].correlation == doctest::Approx(1).epsilon(1e-4));
  CHECK(std::abs(found[1].correlation) < 0.5);
}

TEST_CASE("a head without a label is refused") {
  const auto labels = alike_labels();
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::find_like(mll::exec::sequential{}, labels,
                                                        mll::head_id{mll::model_id{std::size_t{1}}, 2})),
                       "head: expected a head of the labels, found head 2 of 'model 1'",
                       mll::invalid_argument);
}
