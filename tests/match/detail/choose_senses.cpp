#include "mll/match/detail/choose_senses.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "mll/core/random.hpp"

namespace {

using mll::detail::sense_variables;

// Points on a line for the candidates of each class; close points go together.
struct line {
  std::vector<std::vector<double>> at;
  double strength = 4;

  [[nodiscard]] double affinity(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const {
    return strength * std::exp(-std::abs(at[i][a] - at[j][b]));
  }
};

std::vector<sense_variables> flat(const line& given) {
  std::vector<sense_variables> out;
  for (const auto& points : given.at) out.push_back({std::vector<double>(points.size(), 0)});
  return out;
}

std::vector<std::vector<double>> choose(const line& given, const std::vector<sense_variables>& variables,
                                        double share = 1, std::size_t sweeps = 50) {
  return mll::detail::choose_senses(
      std::span<const sense_variables>{variables},
      [&](std::size_t i, std::size_t a, std::size_t j, std::size_t b) { return given.affinity(i, a, j, b); },
      share, sweeps);
}

std::vector<std::size_t> winners(const std::vector<std::vector<double>>& probability) {
  std::vector<std::size_t> out;
  for (const auto& p : probability)
    out.push_back(static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin()));
  return out;
}

// The joint choice with the greatest preference plus mean affinity of all pairs, by trying them all.
std::vector<std::size_t> best_jointly(const line& given, const std::vector<sense_variables>& variables) {
  std::vector<std::size_t> at(given.at.size(), 0);
  std::vector<std::size_t> best;
  double best_value = -std::numeric_limits<double>::infinity();
  for (bool more = true; more;) {
    double value = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      value += variables[i].preference[at[i]];
      for (std::size_t j = i + 1; j < at.size(); ++j)
        value += given.affinity(i, at[i], j, at[j]) / static_cast<double>(at.size() - 1);
    }
    if (value > best_value) {
      best_value = value;
      best = at;
    }
    more = false;
    for (std::size_t i = 0; i < at.size() && !more; ++i) {
      more = ++at[i] < given.at[i].size();
      if (!more) at[i] = 0;
    }
  }
  return best;
}

}  // namespace

TEST_CASE("classes settle on the senses that lie together") {
  // One sense of each class lies near 0; the others are far from everything.
  const line given{{{0, 50}, {90, 0.2}, {-70, 0.1, 170}, {0.3, -130}}};
  const auto variables = flat(given);
  const auto probability = choose(given, variables);
  CHECK(winners(probability) == std::vector<std::size_t>{0, 1, 1, 0});
  CHECK(winners(probability) == best_jointly(given, variables));
  for (const auto& p : probability) {
    CHECK(std::accumulate(p.begin(), p.end(), 0.0) == doctest::Approx(1));
    CHECK(*std::max_element(p.begin(), p.end()) > 0.9);
  }
}

TEST_CASE("on clear cases the choice is the most probable joint one") {
  mll::random_engine engine{601};
  for (int round = 0; round < 40; ++round) {
    line given{{}, 6};
    for (std::size_t i = 0; i < 5; ++i) {
      given.at.emplace_back();
      const std::size_t candidates = 2 + engine() % 3;
      const std::size_t meant = engine() % candidates;
      for (std::size_t a = 0; a < candidates; ++a) {
        const double noise = static_cast<double>(engine() % 100) / 500;
        given.at.back().push_back(a == meant ? noise : 20 + 40 * static_cast<double>(5 * i + a));
      }
    }
    auto variables = flat(given);
    for (auto& v : variables) {
      for (double& preference : v.preference) preference = static_cast<double>(engine() % 100) / 100;
    }
    CHECK(winners(choose(given, variables)) == best_jointly(given, variables));
  }
}

TEST_CASE("a strong preference outweighs the company") {
  const line given{{{0, 50}, {0.1, 60}, {0.2, 70}}};
  auto variables = flat(given);
  variables[1].preference = {0, 20};
  CHECK(winners(choose(given, variables)) == std::vector<std::size_t>{0, 1, 0});
}

TEST_CASE("without sweeps, or with one class, only preferences count") {
  const line given{{{0, 50}, {50, 0}}};
  auto variables = flat(given);
  variables[0].preference = {std::log(1.0), std::log(3.0)};
  variables[1].preference = {std::log(4.0), std::log(1.0)};
  const auto still = choose(given, variables, 1, 0);
  CHECK(still[0][1] == doctest::Approx(0.75));
  CHECK(still[1][0] == doctest::Approx(0.8));

  const line alone{{{0, 50}, {}}};
  const auto lonely = choose(alone, {variables[0], {}});
  CHECK(lonely[0][1] == doctest::Approx(0.75));
  CHECK(lonely[1].empty());
  CHECK(choose(line{}, {}).empty());
}

TEST_CASE("only the closest share of the others counts") {
  // Two fields of two classes each; class 0 may go with either, and lies a little closer to the second pair.
  // With the whole company two far-off classes count as well and change nothing; with a small share one good
  // neighbour decides.
  const line given{{{0, 100}, {0.5}, {300}, {100.01}, {400}}};
  const auto variables = flat(given);
  CHECK(winners(choose(given, variables, 0.25))[0] == 1);
  const auto all = choose(given, variables, 1);
  const auto nearest = choose(given, variables, 0.25);
  CHECK(nearest[0][1] > all[0][1]);  // the mean over all others dilutes what the neighbour says
}

TEST_CASE("the order of the classes changes nothing") {
  mll::random_engine engine{602};
  line given{{}, 3};
  std::vector<sense_variables> variables;
  for (std::size_t i = 0; i < 6; ++i) {
    given.at.emplace_back();
    variables.emplace_back();
    for (std::size_t a = 0; a < 3; ++a) {
      given.at.back().push_back(static_cast<double>(engine() % 1000) / 100);
      variables.back().preference.push_back(static_cast<double>(engine() % 100) / 100);
    }
  }
  const auto expected = choose(given, variables, 0.4);
  const std::vector<std::size_t> order{4, 1, 5, 0, 3, 2};
  line permuted{{}, 3};
  std::vector<sense_variables> permuted_variables;
  for (const std::size_t i : order) {
    permuted.at.push_back(given.at[i]);
    permuted_variables.push_back(variables[i]);
  }
  const auto found = choose(permuted, permuted_variables, 0.4);
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t a = 0; a < 3; ++a)
      CHECK(found[i][a] == doctest::Approx(expected[order[i]][a]).epsilon(1e-9));
  }
}
