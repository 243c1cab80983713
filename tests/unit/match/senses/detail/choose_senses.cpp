// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/senses/detail/choose_senses.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"

namespace {

using mll::detail::sense_choice;
using mll::detail::sense_solver;

struct problem {
  std::vector<std::vector<double>> preference;
  std::vector<std::vector<std::vector<std::vector<double>>>> affinity;  // [i][j][a][b], i < j
};

double uniform(mll::random_engine& engine) {
  return static_cast<double>(engine() % 100'000) / 100'000;
}

// Random classes with up to `candidates` senses each, some with none.
problem draw(std::size_t classes, std::size_t candidates, double strength, mll::random_engine& engine) {
  problem out;
  for (std::size_t i = 0; i < classes; ++i) {
    out.preference.emplace_back(engine() % (candidates + 1));
    for (double& u : out.preference.back()) u = 3 * uniform(engine);
  }
  out.affinity.resize(classes, std::vector<std::vector<std::vector<double>>>(classes));
  for (std::size_t i = 0; i < classes; ++i) {
    for (std::size_t j = i + 1; j < classes; ++j) {
      auto& table = out.affinity[i][j];
      table.assign(out.preference[i].size(), std::vector<double>(out.preference[j].size()));
      for (auto& row : table) {
        for (double& s : row) s = strength * (uniform(engine) - 0.3);
      }
    }
  }
  return out;
}

sense_solver solver_of(const problem& given) {
  sense_solver out{given.preference};
  for (std::size_t i = 0; i < given.preference.size(); ++i) {
    for (std::size_t j = i + 1; j < given.preference.size(); ++j) {
      for (std::size_t a = 0; a < given.preference[i].size(); ++a) {
        for (std::size_t b = 0; b < given.preference[j].size(); ++b)
          out.set_affinity(i, a, j, b, given.affinity[i][j][a][b]);
      }
    }
  }
  return out;
}

double score(const problem& given, const std::vector<std::size_t>& chosen) {
  double sum = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (given.preference[i].empty()) continue;
    sum += given.preference[i][chosen[i]];
    for (std::size_t j = i + 1; j < chosen.size(); ++j) {
      if (!given.preference[j].empty()) sum += given.affinity[i][j][chosen[i]][chosen[j]];
    }
  }
  return sum;
}

// The best choice, by trying all of them.
std::pair<std::vector<std::size_t>, double> best_of_all(const problem& given) {
  std::vector<std::size_t> at(given.preference.size(), 0);
  std::pair<std::vector<std::size_t>, double> best{at, -std::numeric_limits<double>::infinity()};
  for (bool more = true; more;) {
    if (const double value = score(given, at); value > best.second) best = {at, value};
    more = false;
    for (std::size_t i = 0; i < at.size() && !more; ++i) {
      more = ++at[i] < given.preference[i].size();
      if (!more) at[i] = 0;
    }
  }
  return best;
}

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

}  // namespace

TEST_CASE("sense_solver agrees with exhaustive search") {
  mll::random_engine engine{601};
  for (const double strength : {0.05, 0.5, 2.0, 8.0}) {
    for (int round = 0; round < 60; ++round) {
      const problem given = draw(2 + engine() % 6, 4, strength, engine);
      auto solver = solver_of(given);
      const sense_choice found = solver.solve(unlimited);
      const auto [chosen, value] = best_of_all(given);
      CHECK(found.exact);
      CHECK(found.chosen == chosen);
      CHECK(found.score == doctest::Approx(value));
    }
  }
}

TEST_CASE("with a limit of 0 steps sense_solver returns a local optimum and says so") {
  mll::random_engine engine{602};
  std::size_t unproven = 0;
  std::size_t best = 0;
  for (int round = 0; round < 60; ++round) {
    const problem given = draw(7, 4, 4, engine);
    auto solver = solver_of(given);
    const sense_choice found = solver.solve(0);
    const double value = best_of_all(given).second;
    CHECK(found.score == doctest::Approx(score(given, found.chosen)));
    CHECK(found.score <= value + 1e-9);
    unproven += found.exact ? 0U : 1U;
    best += found.score > value - 1e-9 ? 1U : 0U;
    if (found.exact) CHECK(found.score == doctest::Approx(value));
    // No class can gain by changing alone.
    for (std::size_t i = 0; i < found.chosen.size(); ++i) {
      for (std::size_t a = 0; a < given.preference[i].size(); ++a)
        CHECK(solver.value_given(i, a, found.chosen) <=
              solver.value_given(i, found.chosen[i], found.chosen) + 1e-8);
    }
  }
  CHECK(unproven > 0);
  CHECK(best > 40);
}

TEST_CASE("more steps never lower the score") {
  mll::random_engine engine{603};
  for (int round = 0; round < 20; ++round) {
    const problem given = draw(9, 4, 3, engine);
    double before = -std::numeric_limits<double>::infinity();
    for (const std::size_t limit : {0U, 3U, 30U, 1000U, 1'000'000U}) {
      auto solver = solver_of(given);
      const double now = solver.solve(limit).score;
      CHECK(now >= before - 1e-9);
      before = now;
    }
  }
}

TEST_CASE("of equal choices sense_solver takes the first") {
  problem given{{{1, 1, 1}, {0, 0}}, {}};
  given.affinity.resize(2, std::vector<std::vector<std::vector<double>>>(2));
  given.affinity[0][1] = {{0, 0}, {0, 0}, {0, 0}};
  auto solver = solver_of(given);
  CHECK(solver.solve(unlimited).chosen == std::vector<std::size_t>{0, 0});
}

TEST_CASE("sense_solver accepts classes without candidates, and no classes") {
  sense_solver none{{}};
  CHECK(none.solve(unlimited).chosen.empty());
  sense_solver empty{{{}, {0.5, 2}, {}}};
  const sense_choice found = empty.solve(unlimited);
  CHECK(found.chosen == std::vector<std::size_t>{0, 1, 0});
  CHECK(found.score == doctest::Approx(2));
  CHECK(found.exact);
}
