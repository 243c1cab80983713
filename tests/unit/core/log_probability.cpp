// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/log_probability.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

TEST_CASE("log-odds become probabilities and log-probabilities, element by element") {
  std::vector<float> log_odds;
  for (int i = -24; i <= 24; ++i) log_odds.push_back(0.5F * static_cast<float>(i));
  std::vector<float> probabilities = log_odds;
  mll::numerics::to_probability(probabilities);
  std::vector<float> logs = log_odds;
  mll::numerics::to_log_probability(logs);
  for (std::size_t i = 0; i < log_odds.size(); ++i) {
    const double p = 1 / (1 + std::exp(-static_cast<double>(log_odds[i])));
    CHECK(probabilities[i] == doctest::Approx(p).epsilon(1e-5));
    CHECK(logs[i] == doctest::Approx(std::log(p + 0.003)).epsilon(1e-5));
  }
}
