// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/estimate/cross_validation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/baselines/top_heads.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/methods/chco.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

namespace {

using mll::test::planted_task;

// Records its training rows.
struct spy {
  std::shared_ptr<std::vector<std::vector<mll::example>>> trained =
      std::make_shared<std::vector<std::vector<mll::example>>>();

  template <class Backend, class Evidence>
  mll::ensemble operator()(const Backend& backend, const Evidence& evidence) const {
    trained->emplace_back(evidence.rows().begin(), evidence.rows().end());
    return mll::top_heads<>{1}(backend, evidence);
  }
  static const char* name() { return "spy"; }
};
static_assert(mll::selection_method<spy>);

template <class Method>
mll::accuracy_estimate estimate(const planted_task& planted, const Method& method, std::size_t folds,
                                std::uint64_t seed) {
  const auto labels = planted.labels();
  return mll::cross_validate(mll::exec::sequential{}, mll::task_evidence{labels, planted.match}, method,
                             folds, seed);
}

bool same(const mll::accuracy_estimate& a, const mll::accuracy_estimate& b) {
  return a.accuracy == b.accuracy && a.low == b.low && a.high == b.high && a.per_class == b.per_class;
}

}  // namespace

TEST_CASE("the estimate for uninformative heads is chance") {
  double sum = 0;
  constexpr int rounds = 12;
  for (std::uint64_t seed = 0; seed < rounds; ++seed) {
    const auto planted = mll::test::plant({25, 25, 25, 25}, mll::test::mixed_hub(4, 0, 4, 0), 301 + seed);
    const auto found = estimate(planted, mll::chco<>{}, 5, seed);
    CHECK(found.low <= found.accuracy);
    CHECK(found.accuracy <= found.high);
    sum += found.accuracy;
  }
  // The standard error of the mean is about 0.013.
  CHECK(sum / rounds == doctest::Approx(0.25).epsilon(0.2));
}

TEST_CASE("the estimate is close to the accuracy on fresh samples, mostly within its interval") {
  const auto models = mll::test::mixed_hub(3, 2, 2, 0.7);
  const auto fresh = mll::test::plant({600, 600, 600}, models, 311);
  int within = 0;
  double error = 0;
  constexpr int rounds = 15;
  for (std::uint64_t seed = 0; seed < rounds; ++seed) {
    const auto planted = mll::test::plant({30, 30, 30}, models, 320 + seed);
    const auto labels = planted.labels();
    const mll::task_evidence evidence{labels, planted.match};
    const auto fitted = mll::chco<>{}(mll::exec::sequential{}, evidence);
    const double reached = mll::test::macro_accuracy_of(
        mll::combine(fitted, mll::test::log_odds_of(fresh, fitted)), fresh.truth);
    const auto found = mll::cross_validate(mll::exec::sequential{}, evidence, mll::chco<>{}, 5, seed);
    if (found.low <= reached && reached <= found.high) ++within;
    error += found.accuracy - reached;
    CHECK(found.high - found.low < 0.25);
  }
  CHECK(within >= rounds * 3 / 4);
  CHECK(std::abs(error / rounds) < 0.05);
}

TEST_CASE("the estimate depends on its seed only") {
  const auto planted = mll::test::plant({10, 10, 10}, mll::test::mixed_hub(3, 2, 2, 0.5), 331);
  CHECK(same(estimate(planted, mll::chco<>{}, 5, 1), estimate(planted, mll::chco<>{}, 5, 1)));
  std::set<double> seen;
  for (std::uint64_t seed = 0; seed < 6; ++seed)
    seen.insert(estimate(planted, mll::chco<>{}, 5, seed).accuracy);
  CHECK(seen.size() > 1);
}

TEST_CASE_TEMPLATE("the estimate is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({10, 8, 12}, mll::test::mixed_hub(3, 2, 2, 0.5), 332);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  CHECK(same(mll::cross_validate(Backend{}, evidence, mll::chco<>{}, 4, 3),
             estimate(planted, mll::chco<>{}, 4, 3)));
}

TEST_CASE("every sample is held out once, and folds are stratified") {
  const auto planted = mll::test::plant({10, 7, 23}, mll::test::mixed_hub(3, 1, 1, 1), 333);
  for (const std::size_t folds : {2U, 5U, 7U}) {
    const spy method;
    (void)estimate(planted, method, folds, 4);
    REQUIRE(method.trained->size() == folds);
    std::vector<std::size_t> held_out(40, 0);
    for (const auto& rows : *method.trained) {
      std::vector<bool> trained(40, false);
      std::vector<std::size_t> per_class(3, 0);
      std::vector<double> weight(3, 0);
      for (const auto& row : rows) {
        trained[row.sample] = true;
        ++per_class[row.target.index()];
        weight[row.target.index()] += static_cast<double>(row.weight);
      }
      for (std::size_t r = 0; r < 40; ++r) held_out[r] += trained[r] ? 0 : 1;
      for (std::size_t y = 0; y < 3; ++y) {
        const std::size_t left_out = planted.counts[y] - per_class[y];
        CHECK(left_out >= planted.counts[y] / folds);
        CHECK(left_out <= planted.counts[y] / folds + 1);
        CHECK(weight[y] == doctest::Approx(1));
      }
    }
    CHECK(std::all_of(held_out.begin(), held_out.end(), [](std::size_t times) { return times == 1; }));
  }
}

TEST_CASE("a sample of two classes is never in training and test of the same fold") {
  auto planted = mll::test::plant({10, 10, 10}, mll::test::mixed_hub(3, 1, 1, 1), 334);
  planted.match.classes[0].evidence = {{mll::node_id{0}, 1}, {mll::node_id{1}, 0.5}};
  planted.match.classes[1].evidence = {{mll::node_id{1}, 1}, {mll::node_id{2}, 0.5}};
  for (const std::size_t y : {0U, 1U}) planted.match.classes[y].sample_count = 20;
  const spy method;
  (void)estimate(planted, method, 5, 9);
  REQUIRE(method.trained->size() == 5);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  std::map<std::size_t, std::size_t> rows_of_sample;
  for (const auto& row : evidence.rows()) ++rows_of_sample[row.sample];
  std::map<std::size_t, std::size_t> held_out;
  for (const auto& rows : *method.trained) {
    std::map<std::size_t, std::size_t> trained;
    for (const auto& row : rows) ++trained[row.sample];
    for (const auto& [sample, count] : rows_of_sample) {
      if (trained.contains(sample)) {
        CHECK(trained[sample] == count);  // all rows of a sample or none
      } else {
        ++held_out[sample];
      }
    }
  }
  CHECK(held_out.size() == rows_of_sample.size());
  for (const auto& [sample, times] : held_out) CHECK(times == 1);
}

TEST_CASE("perfect heads have an estimate of 1 and an interval of positive width") {
  const auto few =
      estimate(mll::test::plant({5, 5}, mll::test::mixed_hub(2, 1, 0, 8, 0.1), 335), mll::chco<>{}, 5, 0);
  const auto many =
      estimate(mll::test::plant({50, 50}, mll::test::mixed_hub(2, 1, 0, 8, 0.1), 336), mll::chco<>{}, 5, 0);
  CHECK(few.accuracy == 1);
  CHECK(many.accuracy == 1);
  CHECK(few.low < many.low);
  CHECK(many.low < 1);
  CHECK(few.per_class == std::vector<double>{1, 1});
}

TEST_CASE("the single sample of a class is never held out: the class is not judged, and the others are") {
  const auto planted = mll::test::plant({1, 20, 20}, mll::test::mixed_hub(3, 2, 0, 8, 0.1), 337);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto found = estimate(planted, mll::chco<>{}, 5, seed);
    REQUIRE(found.per_class.size() == 3);
    CHECK(std::isnan(found.per_class[0]));
    CHECK(found.per_class[1] == 1);
    CHECK(found.per_class[2] == 1);
    CHECK(found.accuracy == 1);
    CHECK(found.low < 2.0 / 3);  // the class may as well be always wrong
    CHECK(found.high == 1);
  }
  const auto singles =
      estimate(mll::test::plant({1, 1, 1, 1, 1, 30, 30}, mll::test::mixed_hub(7, 2, 0, 8, 0.1), 342),
               mll::chco<>{}, 5, 0);
  CHECK(singles.accuracy == 1);
  CHECK(singles.low < 2.0 / 7);
}

TEST_CASE("with one sample per class the accuracy is unknown, with the reason") {
  const auto found =
      estimate(mll::test::plant({1, 1}, mll::test::mixed_hub(2, 1, 0, 8, 0.1), 338), mll::chco<>{}, 5, 0);
  CHECK(std::isnan(found.accuracy));
  CHECK(!found.is_known());
  CHECK(found.insufficient == "fewer than 2 classes have samples to judge by");
  CHECK(found.sample_counts == std::vector<std::size_t>{1, 1});
}

TEST_CASE("screening does not see the held-out samples") {
  double estimated = 0;
  constexpr std::size_t rounds = 4;
  for (std::uint64_t seed = 0; seed < rounds; ++seed) {
    std::vector<mll::test::planted_model> models(
        60, mll::test::planted_model(20, {mll::test::planted_head::nothing, 0, 0, 2}));
    const auto planted = mll::test::plant({10, 10, 10, 10, 10}, models, 343 + seed);
    estimated += estimate(planted, mll::chco<>{.screened = 16}, 5, seed).accuracy / rounds;
  }
  // Chance is .2; the standard error of the mean is about .03. Screened by all samples, they reach .33.
  CHECK(estimated < 0.27);
}

TEST_CASE("samples of narrower nodes are held out node by node") {
  auto planted = mll::test::plant({10, 10, 10, 10, 12}, mll::test::mixed_hub(5, 2, 1, 1), 344);
  auto& match = planted.match;
  match.task = mll::task{{"a"}, {"b"}};
  match.classes.resize(2);
  match.classes[0].evidence = {
      {mll::node_id{0}, 0.5}, {mll::node_id{1}, 0.5}, {mll::node_id{2}, 0.5}, {mll::node_id{3}, 0.5}};
  match.classes[0].coverage = mll::coverage::descendant_samples;
  match.classes[0].sample_count = 40;
  match.classes[1].evidence = {{mll::node_id{4}, 1}};
  match.classes[1].sample_count = 12;
  const spy method;
  const auto labels = planted.labels();
  (void)mll::cross_validate(mll::exec::sequential{}, mll::task_evidence{labels, match}, method, 4, 1);
  REQUIRE(method.trained->size() == 4);
  for (const auto& rows : *method.trained) {
    std::map<std::size_t, std::size_t> of_node;
    std::size_t own = 0;
    for (const auto& row : rows) {
      if (row.target.index() == 0) ++of_node[row.sample / 10];
      if (row.target.index() == 1) ++own;
    }
    CHECK(of_node.size() == 3);
    for (const auto& [node, count] : of_node) CHECK(count == 10);
    CHECK(own == 9);
  }
}

TEST_CASE("the method is decided once, by the evidence as a whole") {
  // The strength of the whole is 20, that of the folds 16: the search decides, in the folds as well.
  const auto planted = mll::test::plant({20, 20, 20}, mll::test::mixed_hub(3, 2, 1, 1), 345);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  std::vector<std::size_t> four_fifths;
  for (std::size_t r = 0; r < 60; ++r) {
    if (r % 5 != 0) four_fifths.push_back(r);
  }
  const auto part = evidence.subset(four_fifths);
  CHECK(mll::evidence_strength(part) == doctest::Approx(16));
  CHECK(mll::whole_evidence_strength(part) == doctest::Approx(20));
  CHECK(mll::whole_evidence_strength(part.subset(std::vector<std::size_t>{0, 17, 33})) ==
        doctest::Approx(20));
}

TEST_CASE("classes without samples are excluded, and a task without samples has an estimate of NaN") {
  const auto planted = mll::test::plant({8, 0, 8}, mll::test::mixed_hub(3, 2, 0, 8, 0.1), 339);
  const auto labels = planted.labels();
  const auto model =
      mll::test::general_model_for(planted.truth, 3, 1, mll::matrix<float>::Constant(16, 3, 0.1F));
  const auto general = mll::make_general_heads(model, {mll::detail::unit_rows(model.samples, "sample")},
                                               labels.samples(), planted.match);
  const mll::task_evidence evidence{labels, planted.match, &general};
  const auto found = mll::cross_validate(mll::exec::sequential{}, evidence, mll::chco<>{}, 4, 0);
  CHECK(std::isnan(found.per_class[1]));
  CHECK(found.per_class[0] == 1);
  CHECK(found.accuracy == 1);

  const mll::model_labels none;
  const auto match = mll::test::planted_match(std::vector<std::size_t>{0, 0});
  const mll::general_heads blind{mll::matrix<float>::Identity(2, 2), mll::matrix<float>(0, 2), 1};
  const auto nothing = mll::cross_validate(mll::exec::sequential{}, mll::task_evidence{none, match, &blind},
                                           mll::chco<>{}, 4, 0);
  CHECK(std::isnan(nothing.accuracy));
  CHECK(std::isnan(nothing.low));
  CHECK(std::isnan(nothing.high));
}

TEST_CASE("cross_validate rejects fewer than two folds") {
  const auto planted = mll::test::plant({4, 4}, {{{0}, {1}}}, 340);
  for (const std::size_t folds : {0U, 1U}) {
    CHECK_THROWS_WITH_AS((void)estimate(planted, mll::chco<>{}, folds, 0),
                         ("folds: expected at least 2, found " + std::to_string(folds)).c_str(),
                         mll::invalid_argument);
  }
}

TEST_CASE("more folds than samples leave each sample out once") {
  const auto planted = mll::test::plant({4, 3}, mll::test::mixed_hub(2, 1, 0, 8, 0.1), 341);
  const auto found = estimate(planted, mll::chco<>{}, 50, 0);
  CHECK(found.accuracy == 1);
}
