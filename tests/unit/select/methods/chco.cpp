// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/methods/chco.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <type_traits>
#include <vector>

#include "mll/core/log_probability.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/combine/exhaustive_search.hpp"
#include "mll/select/select.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

namespace {

struct nameless_objective {
  static float no_rivals() { return -1e3F; }
  static float add_rival(float summary, float score) { return std::max(summary, score); }
  static float value(float truth, float summary) { return truth - summary; }
};

using mll::test::planted_task;

template <class Method = mll::chco<>>
mll::ensemble fit(const planted_task& planted, const Method& method = {}) {
  const auto labels = planted.labels();
  return method(mll::exec::sequential{}, mll::task_evidence{labels, planted.match});
}

mll::matrix<float> probabilities(const planted_task& planted, const mll::ensemble& fitted) {
  return mll::combine(fitted, mll::test::log_odds_of(planted, fitted)).array().exp().matrix();
}

std::vector<std::set<mll::head_id>> heads_of(const mll::ensemble& fitted) {
  std::vector<std::set<mll::head_id>> out;
  for (const auto& votes : fitted.votes) {
    out.emplace_back();
    for (const auto& v : votes) out.back().insert(fitted.heads[v.head]);
  }
  return out;
}

void check_sound(const planted_task& planted, const mll::ensemble& fitted) {
  REQUIRE(fitted.votes.size() == planted.counts.size());
  CHECK(std::isfinite(fitted.temperature));
  CHECK(fitted.temperature > 0);
  CHECK(std::is_sorted(fitted.heads.begin(), fitted.heads.end()));
  for (const auto& votes : fitted.votes) {
    CHECK(!votes.empty());
    double total = 0;
    for (const auto& v : votes) {
      CHECK(v.head < fitted.heads.size());
      CHECK(std::isfinite(v.slope));
      CHECK(v.slope > 0);
      CHECK(std::isfinite(v.intercept));
      CHECK(v.weight >= 0);
      total += static_cast<double>(v.weight);
    }
    CHECK(total == doctest::Approx(1));
  }
  const auto answers = probabilities(planted, fitted);
  CHECK(answers.allFinite());
  for (Eigen::Index i = 0; i < answers.rows(); ++i)
    CHECK(answers.row(i).sum() == doctest::Approx(1).epsilon(1e-4));
}

planted_task with_classes_permuted(const planted_task& planted, const std::vector<std::size_t>& order) {
  planted_task out = planted;
  std::vector<mll::task_class> classes;
  for (std::size_t y = 0; y < order.size(); ++y) {
    classes.push_back(planted.match.task.classes()[order[y]]);
    out.match.classes[y] = planted.match.classes[order[y]];
  }
  out.match.task = mll::task{classes};
  return out;
}

}  // namespace

TEST_CASE("perfect heads make no errors, and the estimate says so") {
  const auto planted = mll::test::plant({10, 6, 14}, mll::test::mixed_hub(3, 1, 5, 8, 0.1), 201);
  const auto labels = planted.labels();
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match);
  REQUIRE(chosen.estimate.has_value());
  CHECK(chosen.estimate->accuracy == 1);
  CHECK(chosen.estimate->high == 1);
  CHECK(chosen.estimate->low < 1);
  CHECK(mll::test::macro_accuracy_of(probabilities(planted, chosen.ensemble), planted.truth) == 1);
  for (std::uint32_t y = 0; y < 3; ++y) {
    CHECK(heads_of(chosen.ensemble)[y].contains(mll::head_id{mll::model_id{0}, y}));
  }
}

TEST_CASE("CHCO rejects counts of 0 and names the option") {
  const auto planted = mll::test::plant({3, 3}, {{{0}, {1}}}, 202);
  CHECK_THROWS_WITH_AS((void)fit(planted, mll::chco<>{.budget = mll::heads_per_class{0}}),
                       "budget: expected at least 1 head per class, found 0", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)fit(planted, mll::chco<>{.screened = 0}),
                       "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)fit(planted, mll::chco<>{.shortlisting = {.max_heads = 0}}),
                       "max_heads: expected at least 1 head per class, found 0", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)fit(planted, mll::chco<>{.budget = mll::experts{0}}),
                       "budget: expected at least 1 expert, found 0", mll::invalid_argument);
}

TEST_CASE("the name of CHCO is that of its type, whatever its budget") {
  CHECK(mll::chco<>{}.name() == "chco");
  CHECK(mll::chco<>{.budget = mll::experts{}}.name() == "chco");
  CHECK(mll::chco<>{.budget = mll::all_experts{}}.name() == "chco");
  CHECK(mll::chco<mll::macro_accuracy>::name() == "chco<macro_accuracy>");
  CHECK(mll::chco<mll::macro_accuracy, mll::exhaustive_search>::name() ==
        "chco<macro_accuracy, exhaustive_search>");
  CHECK(mll::chco<mll::log_likelihood, mll::exhaustive_search>::name() ==
        "chco<log_likelihood, exhaustive_search>");
  CHECK(mll::chco<nameless_objective>::name() == "chco<unnamed>");
}

TEST_CASE("CHCO keeps its budget, which may exceed the hub") {
  const auto planted = mll::test::plant({9, 9, 9}, mll::test::mixed_hub(3, 4, 2, 1), 203);
  for (const std::size_t count : {1U, 2U, 3U, 1000U}) {
    const auto fitted = fit(planted, mll::chco<>{.budget = mll::heads_per_class{count}});
    check_sound(planted, fitted);
    for (const auto& heads : heads_of(fitted)) CHECK(heads.size() <= std::min<std::size_t>(count, 18));
    for (std::size_t y = 0; y < 3; ++y) CHECK(heads_of(fitted)[y].size() == fitted.votes[y].size());
  }
}

TEST_CASE("uninformative heads are not chosen over informative ones") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto planted = mll::test::plant({30, 30, 30, 30}, mll::test::mixed_hub(4, 4, 12, 1.5), 204 + seed);
    const auto heads = heads_of(fit(planted));
    for (std::uint32_t y = 0; y < 4; ++y) {
      for (const mll::head_id head : heads[y]) {
        CHECK(head.model.index() < 4);
        CHECK(head.index == y);
      }
    }
  }
}

TEST_CASE("CHCO is more accurate on fresh samples than any of its heads") {
  const auto models = mll::test::mixed_hub(4, 6, 6, 1);
  const auto planted = mll::test::plant({40, 40, 40, 40}, models, 211);
  const auto fresh = mll::test::plant({500, 500, 500, 500}, models, 212);
  const auto accuracy = [&](std::size_t count) {
    return mll::test::macro_accuracy_of(
        probabilities(fresh, fit(planted, mll::chco<>{.budget = mll::heads_per_class{count}})), fresh.truth);
  };
  const double one = accuracy(1);
  const double three = accuracy(3);
  CHECK(one > 0.5);
  CHECK(three > one + 0.05);
}

TEST_CASE("the result does not depend on the order of classes") {
  const auto planted = mll::test::plant({12, 7, 15, 9}, mll::test::mixed_hub(4, 4, 4, 1), 213);
  const auto fitted = fit(planted);
  const auto answers = probabilities(planted, fitted);
  for (const std::vector<std::size_t>& order :
       {std::vector<std::size_t>{3, 2, 1, 0}, std::vector<std::size_t>{1, 2, 3, 0},
        std::vector<std::size_t>{2, 0, 3, 1}}) {
    const auto permuted = with_classes_permuted(planted, order);
    const auto other = fit(permuted);
    const auto other_answers = probabilities(permuted, other);
    for (std::size_t y = 0; y < 4; ++y) {
      CHECK(heads_of(other)[y] == heads_of(fitted)[order[y]]);
      const auto difference =
          other_answers.col(static_cast<Eigen::Index>(y)) - answers.col(static_cast<Eigen::Index>(order[y]));
      CHECK(difference.cwiseAbs().maxCoeff() < 1e-5F);
    }
  }
}

TEST_CASE("the result does not depend on the order of models") {
  const auto planted = mll::test::plant({12, 7, 15}, mll::test::mixed_hub(3, 4, 4, 1), 214);
  const auto fitted = fit(planted);
  const auto answers = probabilities(planted, fitted);
  planted_task permuted = planted;
  const std::vector<std::size_t> order{5, 2, 7, 0, 3, 6, 1, 4};
  for (std::size_t m = 0; m < order.size(); ++m) permuted.responses[m] = planted.responses[order[m]];
  const auto other = fit(permuted);
  const auto heads = heads_of(other);
  for (std::size_t y = 0; y < 3; ++y) {
    std::set<mll::head_id> renumbered;
    for (const mll::head_id head : heads[y])
      renumbered.insert({mll::model_id{order[head.model.index()]}, head.index});
    CHECK(renumbered == heads_of(fitted)[y]);
  }
  CHECK((probabilities(permuted, other) - answers).cwiseAbs().maxCoeff() < 1e-5F);
}

TEST_CASE("certain, constant and single heads give finite scores") {
  const auto tell = [](const planted_task& planted) { check_sound(planted, fit(planted)); };
  SUBCASE("one-hot responses, correct and wrong") {
    mll::matrix<float> right = mll::matrix<float>::Zero(9, 3);
    mll::matrix<float> wrong = mll::matrix<float>::Zero(9, 3);
    for (Eigen::Index r = 0; r < 9; ++r) {
      right(r, r / 3) = 1;
      wrong(r, (r / 3 + 1) % 3) = 1;
    }
    tell(mll::test::task_of_responses({3, 3, 3}, {right, wrong}));
    tell(mll::test::task_of_responses({3, 3, 3}, {wrong}));
  }
  SUBCASE("constant responses") {
    for (const float value : {0.0F, 0.5F, 1.0F})
      tell(mll::test::task_of_responses({3, 4}, {mll::matrix<float>::Constant(7, 2, value)}));
  }
  SUBCASE("one model with one head") {
    tell(mll::test::plant({6, 6}, {{{0}}}, 215));
    tell(mll::test::plant({6, 6, 6}, {{{mll::test::planted_head::nothing}}}, 216));
  }
  SUBCASE("a class with a single sample") {
    tell(mll::test::plant({1, 20, 20}, mll::test::mixed_hub(3, 2, 2, 1), 217));
    tell(mll::test::plant({1, 1}, mll::test::mixed_hub(2, 2, 2, 1), 218));
  }
}

TEST_CASE("unanimous heads are never overturned") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto models = mll::test::mixed_hub(3, 5, 3, 0.8);
    const auto planted = mll::test::plant({8, 8, 8}, models, 220 + seed);
    const auto fresh = mll::test::plant({200, 200, 200}, models, 230 + seed);
    const auto fitted = fit(planted);
    REQUIRE(fitted.scale != mll::vote_scale::probability);
    Eigen::ArrayXXf said = mll::test::log_odds_of(fresh, fitted);
    if (fitted.scale == mll::vote_scale::log_probability)
      mll::numerics::to_log_probability({said.data(), static_cast<std::size_t>(said.size())});
    const auto answers = probabilities(fresh, fitted);
    int unanimous = 0;
    for (Eigen::Index i = 0; i < said.rows(); ++i) {
      // Every head of class y has higher log-odds than any head of another class.
      std::vector<float> lowest;
      std::vector<float> highest;
      for (const auto& votes : fitted.votes) {
        lowest.push_back(std::numeric_limits<float>::infinity());
        highest.push_back(-std::numeric_limits<float>::infinity());
        for (const auto& v : votes) {
          const float value = v.slope * said(i, static_cast<Eigen::Index>(v.head)) + v.intercept;
          lowest.back() = std::min(lowest.back(), value);
          highest.back() = std::max(highest.back(), value);
        }
      }
      for (std::size_t y = 0; y < 3; ++y) {
        if (lowest[y] <= std::max(highest[(y + 1) % 3], highest[(y + 2) % 3])) continue;
        ++unanimous;
        Eigen::Index top = 0;
        answers.row(i).maxCoeff(&top);
        CHECK(static_cast<std::size_t>(top) == y);
      }
    }
    CHECK(unanimous > 100);
  }
}

TEST_CASE("a class without samples uses the general model, or is named in an error") {
  const auto planted = mll::test::plant({8, 0, 8}, mll::test::mixed_hub(3, 3, 1, 2), 241);
  const auto labels = planted.labels();
  CHECK_THROWS_WITH_AS(
      (void)mll::select(mll::exec::sequential{}, labels, planted.match),
      "match: expected samples for every class, or a general model, found none for 'class 1' "
      "(no samples at its node or below it)",
      mll::invalid_argument);

  const auto model =
      mll::test::general_model_for(planted.truth, 3, 1, mll::matrix<float>::Constant(16, 3, 0.1F));
  const auto general = mll::make_general_heads(model, {mll::detail::unit_rows(model.samples, "sample")},
                                               labels.samples(), planted.match);
  const mll::task_evidence evidence{labels, planted.match, &general};
  const auto fitted = mll::chco<>{}(mll::exec::sequential{}, evidence);
  REQUIRE(fitted.votes[1].size() == 1);
  CHECK(fitted.heads[fitted.votes[1][0].head] == mll::head_id{mll::model_id{}, 1});
  CHECK(fitted.votes[1][0].slope > 0);

  // A clear sample of class 1: the experts reject it, the general model recognises it.
  Eigen::ArrayXXf said(1, static_cast<Eigen::Index>(fitted.heads.size()));
  for (std::size_t h = 0; h < fitted.heads.size(); ++h) {
    const mll::head_id head = fitted.heads[h];
    said(0, static_cast<Eigen::Index>(h)) = !head.model.valid() && head.index == 1 ? 6.0F : -6.0F;
  }
  Eigen::Index top = 0;
  mll::combine(fitted, said).row(0).maxCoeff(&top);
  CHECK(top == 1);
}

TEST_CASE("a task without samples uses the general model only") {
  const mll::model_labels none;
  const auto match = mll::test::planted_match(std::vector<std::size_t>{0, 0, 0});
  const auto model = mll::test::general_model_for({}, 3, 1, mll::matrix<float>(0, 3));
  const auto general = mll::make_general_heads(model, mll::general_model_labels{}, none.samples(), match);
  const mll::task_evidence evidence{none, match, &general};
  const auto fitted = mll::chco<>{}(mll::exec::sequential{}, evidence);
  REQUIRE(fitted.heads.size() == 3);
  for (std::uint32_t y = 0; y < 3; ++y) {
    REQUIRE(fitted.votes[y].size() == 1);
    CHECK(fitted.heads[fitted.votes[y][0].head] == mll::head_id{mll::model_id{}, y});
  }
  Eigen::ArrayXXf said(1, 3);
  said << -1, 2, -3;
  Eigen::Index top = 0;
  const auto answer = mll::combine(fitted, said);
  CHECK(answer.allFinite());
  answer.row(0).maxCoeff(&top);
  CHECK(top == 1);
}

TEST_CASE("a good general model is chosen over poor experts, a poor one is not chosen") {
  const auto planted = mll::test::plant({15, 15, 15}, mll::test::mixed_hub(3, 2, 3, 1), 242);
  const auto labels = planted.labels();
  mll::random_engine engine{243};
  mll::matrix<float> noise(45, 3);
  for (Eigen::Index i = 0; i < noise.size(); ++i)
    noise.data()[i] = static_cast<float>(mll::test::uniform(engine, -1, 1));
  const auto general_votes = [&](float lean) {
    const auto model = mll::test::general_model_for(planted.truth, 3, lean, noise);
    const auto general = mll::make_general_heads(model, {mll::detail::unit_rows(model.samples, "sample")},
                                                 labels.samples(), planted.match);
    const mll::task_evidence evidence{labels, planted.match, &general};
    std::size_t votes = 0;
    for (const auto& heads : heads_of(mll::chco<>{}(mll::exec::sequential{}, evidence))) {
      votes += static_cast<std::size_t>(
          std::count_if(heads.begin(), heads.end(), [](mll::head_id head) { return !head.model.valid(); }));
    }
    return votes;
  };
  CHECK(general_votes(10) == 3);
  CHECK(general_votes(0) == 0);
}

TEST_CASE("8-bit responses agree with 32-bit responses") {
  const auto planted = mll::test::plant({20, 20, 20}, mll::test::mixed_hub(3, 4, 2, 1), 251);
  const auto exact = planted.labels<mll::log_odds_float>();
  const auto coarse = planted.labels<mll::log_odds_8bit>();
  // One head per class, so that both select the same: only the rounding of responses remains, at most half a
  // step of 0.094 in log-odds.
  const mll::chco<> method{.budget = mll::heads_per_class{1}};
  const auto a = method(mll::exec::sequential{}, mll::task_evidence{exact, planted.match});
  const auto b = method(mll::exec::sequential{}, mll::task_evidence{coarse, planted.match});
  CHECK(heads_of(a) == heads_of(b));
  CHECK((probabilities(planted, a) - probabilities(planted, b)).cwiseAbs().maxCoeff() < 0.05F);
}

TEST_CASE_TEMPLATE("CHCO is the same on every backend and thread count", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({12, 7, 15, 9}, mll::test::mixed_hub(4, 5, 5, 1), 252);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto expected = mll::chco<>{}(mll::exec::sequential{}, evidence);
  const auto compare = [&](const auto& backend) {
    const auto found = mll::chco<>{}(backend, evidence);
    CHECK(found.heads == expected.heads);
    CHECK(found.temperature == expected.temperature);
    REQUIRE(heads_of(found) == heads_of(expected));
    for (std::size_t y = 0; y < 4; ++y) {
      for (std::size_t i = 0; i < found.votes[y].size(); ++i) {
        CHECK(found.votes[y][i].slope == expected.votes[y][i].slope);
        CHECK(found.votes[y][i].intercept == expected.votes[y][i].intercept);
        CHECK(found.votes[y][i].gain == expected.votes[y][i].gain);
      }
    }
  };
  compare(Backend{});
  if constexpr (std::is_constructible_v<Backend, std::size_t>) {
    compare(Backend{1});
    compare(Backend{2});
  }
}

namespace {

/// A user-defined objective: the clipped margin over the strongest rival.
struct clipped_margin {
  static float no_rivals() { return -1e6F; }
  static float add_rival(float summary, float score) { return std::max(summary, score); }
  static float value(float truth, float summary) { return std::clamp(truth - summary, -2.0F, 2.0F); }
};

}  // namespace

TEST_CASE("objective and search can be user-defined") {
  const auto planted = mll::test::plant({6, 6, 6}, mll::test::mixed_hub(3, 3, 1, 1.5), 253);
  const auto log_likelihood = fit(planted);
  check_sound(planted, log_likelihood);
  const auto margin = fit(planted, mll::chco<clipped_margin>{});
  check_sound(planted, margin);
  const auto accuracy = fit(planted, mll::chco<mll::macro_accuracy>{});
  check_sound(planted, accuracy);
  const auto all = fit(planted, mll::chco<mll::macro_accuracy, mll::exhaustive_search>{
                                    .budget = mll::heads_per_class{2}, .shortlisting = {.max_heads = 4}});
  check_sound(planted, all);
  CHECK(mll::test::macro_accuracy_of(probabilities(planted, margin), planted.truth) > 0.8);
  CHECK(mll::test::macro_accuracy_of(probabilities(planted, accuracy), planted.truth) > 0.8);
  CHECK(mll::test::macro_accuracy_of(probabilities(planted, all), planted.truth) > 0.8);
}
