// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/shift/fit_shift.hpp"

#include <doctest/doctest.h>

#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/reuse/detail/shift_model.hpp"
#include "mll/reuse/shift/shift_observation.hpp"
#include "mll/select/estimate/detail/kappa.hpp"
#include "support/shift_error.hpp"

namespace {

/// Observations of a hub whose accuracy is what `truth` says, up to noise of its log-odds.
std::vector<mll::shift_observation> observations_of(const mll::shift_fit& truth, double noise,
                                                    std::uint64_t seed) {
  mll::random_engine engine{seed};
  boost::random::normal_distribution<double> normal;
  std::vector<mll::shift_observation> out;
  for (std::size_t task = 0; task < 30; ++task) {
    for (const char* distortion : {"", "blur", "noise", "edges", "grey"}) {
      mll::shift_observation one;
      one.distortion = distortion;
      one.task = task;
      one.classes = 5 + task % 7;
      one.samples = 400;
      one.features.promised = 1 + 0.5 * normal(engine);
      one.features.cot = one.features.promised - (one.distortion.empty() ? 0 : 1) + 0.5 * normal(engine);
      one.features.agreement = 0.5 + 0.1 * normal(engine);
      one.features.bias = -1 + 0.4 * normal(engine);
      one.features.own = static_cast<double>(task % 3) / 2;
      one.features.named = 1 - one.features.own;
      one.accuracy = mll::detail::accuracy_of_log_odds(
          mll::detail::shifted_log_odds(truth, one.features) + noise * normal(engine), one.classes);
      out.push_back(one);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a learnt fit finds how a hub differs from the default, and its interval holds") {
  mll::shift_fit truth;
  truth.coefficients = {-1.6, 0.7, 0.1, 1, 0, 0, 0.4, 0, 0};
  const auto observed = observations_of(truth, 0.3, 1);
  const mll::shift_fit learnt = mll::fit_shift(observed);
  const auto fresh = observations_of(truth, 0.3, 2);
  CHECK(mll::test::mean_error(learnt, fresh) < 0.06);  // the noise alone makes .05
  CHECK(mll::test::mean_error({}, fresh) > mll::test::mean_error(learnt, fresh) + 0.03);
  CHECK(learnt.coefficients[1] == doctest::Approx(0.7).epsilon(0.2));
  CHECK(learnt.name != mll::shift_fit{}.name);

  double held = 0;
  for (const auto& one : fresh) {
    const double p = mll::detail::shifted_accuracy(learnt, one.features, one.classes);
    const double s = mll::detail::shift_error(learnt, one.features, p, one.samples);
    held += one.accuracy >= p - learnt.low * s && one.accuracy <= p + learnt.high * s ? 1 : 0;
  }
  CHECK(held / static_cast<double>(fresh.size()) > 0.8);
  CHECK(learnt.min_fall < learnt.fall);
  CHECK(learnt.fall < learnt.max_fall);
  CHECK(mll::fit_shift(observed).coefficients == learnt.coefficients);
}

TEST_CASE("the interval of a learnt fit holds for adapted selections of other tasks, too") {
  mll::shift_fit truth;
  truth.coefficients = {-1, 0.8, 0, 1, 0, 0, 0.3, 0, 0};
  const auto with_adapted = [&](std::uint64_t seed) {  // what is expected of adapted ones is less certain
    auto out = observations_of(truth, 0.15, seed);
    auto adapted = observations_of(truth, 0.7, seed + 100);
    for (auto& one : adapted) one.is_adapted = true;
    out.insert(out.end(), adapted.begin(), adapted.end());
    return out;
  };
  double held[2] = {0, 0};
  double count[2] = {0, 0};
  for (std::uint64_t seed = 11; seed < 17; ++seed) {
    const mll::shift_fit learnt = mll::fit_shift(with_adapted(seed));
    for (const auto& one : with_adapted(seed + 50)) {
      const double p = mll::detail::shifted_accuracy(learnt, one.features, one.classes);
      const double s = mll::detail::shift_error(learnt, one.features, p, one.samples);
      const bool is_inside = one.accuracy >= p - learnt.low * s && one.accuracy <= p + learnt.high * s;
      held[one.is_adapted ? 1 : 0] += is_inside ? 1 : 0;
      ++count[one.is_adapted ? 1 : 0];
    }
  }
  CHECK(held[0] / count[0] > 0.88);
  CHECK(held[1] / count[1] > 0.88);  // of 900, nine in ten but for two standard errors
}

TEST_CASE("a hub that does what the default says keeps the default") {
  const auto observed = observations_of({}, 0.2, 3);
  const mll::shift_fit learnt = mll::fit_shift(observed);
  CHECK(mll::test::mean_error(learnt, observations_of({}, 0.2, 4)) <
        mll::test::mean_error({}, observations_of({}, 0.2, 4)) + 0.005);
}

TEST_CASE("a fit refuses what is too little to learn from") {
  auto observed = observations_of({}, 0.2, 5);
  observed.resize(19);
  CHECK_THROWS_WITH_AS((void)mll::fit_shift(observed),
                       "observed: expected at least 20 observations, found 19", mll::invalid_argument);
  observed = observations_of({}, 0.2, 5);
  for (auto& one : observed) {
    one.distortion = "blur";
    one.task = 0;
  }
  CHECK_THROWS_AS((void)mll::fit_shift(observed), mll::invalid_argument);
}
