// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/callable_classifier.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/model/hub.hpp"

using mll::callable_classifier;

namespace {

mll::matrix<float> lengths(std::span<const std::string> batch) {
  mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()), 2);
  for (std::size_t r = 0; r < batch.size(); ++r) {
    const float p = batch[r].size() > 3 ? 1 : 0;
    out.row(static_cast<Eigen::Index>(r)) << p, 1 - p;
  }
  return out;
}

}  // namespace

TEST_CASE("a lambda, a function and a function object become classifiers") {
  const callable_classifier from_lambda{{"long", "short"},
                                        [](std::span<const std::string> batch) { return lengths(batch); }};
  static_assert(std::same_as<decltype(from_lambda)::sample_type, std::string>);
  const callable_classifier from_function{{"long", "short"}, &lengths};
  static_assert(std::same_as<decltype(from_function)::sample_type, std::string>);
  const callable_classifier<std::string> erased{{"long", "short"}, lengths};
  const std::vector<std::string> batch{"a", "house"};
  const auto check = [&](const auto& model) {
    mll::matrix<float> scores(2, 2);
    model.predict(batch, scores);
    CHECK(scores(0, 0) == 0);
    CHECK(scores(1, 0) == 1);
    CHECK(model.head_count() == 2);
    CHECK(model.head_name(1) == "short");
  };
  check(from_lambda);
  check(from_function);
  check(erased);
  mll::hub<std::string> models;
  models.add("mine", from_lambda);
  CHECK(models.size() == 1);
}

TEST_CASE("a function may return an Eigen expression") {
  const callable_classifier<int> model{{"x"}, [](std::span<const int> batch) {
                                         return mll::matrix<float>::Ones(
                                             static_cast<Eigen::Index>(batch.size()), 1);
                                       }};
  mll::matrix<float> scores(3, 1);
  model.predict(std::vector{1, 2, 3}, scores);
  CHECK(scores.sum() == 3);
}

TEST_CASE("an empty batch does not reach the callable") {
  const callable_classifier model{
      {"x"}, [](std::span<const int>) -> mll::matrix<float> { throw std::logic_error{"called"}; }};
  mll::matrix<float> scores(0, 1);
  model.predict({}, scores);
  scores.resize(1, 1);
  CHECK_THROWS_WITH_AS(model.predict(std::vector{1}, scores), "called", std::logic_error);
}

TEST_CASE("a wrong shape is an error that names both shapes") {
  const callable_classifier wide{{"x"}, [](std::span<const int> batch) -> mll::matrix<float> {
                                   return mll::matrix<float>::Ones(static_cast<Eigen::Index>(batch.size()),
                                                                   3);
                                 }};
  mll::matrix<float> scores(2, 1);
  CHECK_THROWS_WITH_AS(wide.predict(std::vector{1, 2}, scores),
                       "function: expected scores of shape [2, 1], found [2, 3]", mll::invalid_argument);
  const callable_classifier low{{"x"}, [](std::span<const int>) { return mll::matrix<float>{1, 1}; }};
  CHECK_THROWS_WITH_AS(low.predict(std::vector{1, 2}, scores),
                       "function: expected scores of shape [2, 1], found [1, 1]", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((callable_classifier<std::string>{{}, lengths}),
                       "head_names: expected at least one name, found none", mll::invalid_argument);
}
