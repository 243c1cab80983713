#include "mll/label/response_statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/core/random.hpp"

using mll::response_statistics;

namespace {

struct observation {
  double response;
  bool hit;
};

std::vector<observation> draw(std::size_t count, mll::random_engine& engine) {
  std::vector<observation> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back({static_cast<double>(engine() % 10001) / 10000, engine() % 3 == 0});
  }
  return out;
}

response_statistics over(const std::vector<observation>& values, std::size_t first, std::size_t last) {
  response_statistics out;
  for (std::size_t i = first; i < last; ++i) out.add(values[i].response, values[i].hit);
  return out;
}

void check_close(const response_statistics& a, const response_statistics& b) {
  CHECK(a.n == b.n);
  CHECK(a.hits == b.hits);
  CHECK(std::abs(a.mean - b.mean) < 1e-13);
  CHECK(std::abs(a.m2 - b.m2) < 1e-11);
}

}  // namespace

TEST_CASE("statistics agree with two passes in long double") {
  mll::random_engine engine{1};
  for (const std::size_t count : {1U, 2U, 3U, 17U, 1000U}) {
    const auto values = draw(count, engine);
    long double sum = 0;
    std::uint64_t hits = 0;
    for (const auto& each : values) {
      sum += each.response;
      hits += each.hit ? 1 : 0;
    }
    const long double mean = sum / static_cast<long double>(count);
    long double squares = 0;
    for (const auto& each : values) squares += (each.response - mean) * (each.response - mean);
    const auto found = over(values, 0, count);
    CHECK(found.n == count);
    CHECK(found.hits == hits);
    CHECK(std::abs(found.mean - static_cast<double>(mean)) < 1e-14);
    CHECK(std::abs(found.m2 - static_cast<double>(squares)) < 1e-11);
    CHECK(found.variance() == doctest::Approx(static_cast<double>(squares) / static_cast<double>(count)));
    CHECK(found.hit_rate() == static_cast<double>(hits) / static_cast<double>(count));
  }
}

TEST_CASE("small deviations from a mean near 1 do not cancel") {
  response_statistics s;
  for (int i = 0; i < 1000; ++i) s.add(1 - 1e-9 * (i % 2), true);
  CHECK(s.m2 == doctest::Approx(1000 * 0.25e-18).epsilon(1e-6));
}

TEST_CASE("merging parts gives the whole, wherever it is cut and in any order") {
  mll::random_engine engine{2};
  const auto values = draw(60, engine);
  const auto whole = over(values, 0, 60);
  for (std::size_t a = 0; a <= 60; a += 7) {
    for (std::size_t b = a; b <= 60; b += 5) {
      const auto x = over(values, 0, a);
      const auto y = over(values, a, b);
      const auto z = over(values, b, 60);
      auto left = x;
      left.merge(y);
      left.merge(z);
      check_close(left, whole);
      auto right = y;
      right.merge(z);
      auto outer = right;
      outer.merge(x);
      check_close(outer, whole);
    }
  }
}

TEST_CASE("nothing is neutral") {
  response_statistics some;
  some.add(0.25, true);
  some.add(0.75, false);
  auto merged = some;
  merged.merge({});
  CHECK(merged == some);
  response_statistics none;
  none.merge(some);
  CHECK(none == some);
  response_statistics empty;
  empty.merge({});
  CHECK(empty == response_statistics{});
  CHECK(empty.variance() == 0);
  CHECK(empty.hit_rate() == 0);
}
