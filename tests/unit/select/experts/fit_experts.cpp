// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/fit_experts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/select.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"
#include "support/toy_general_model.hpp"

namespace {

using mll::test::planted_head;
using mll::test::planted_model;

/// A planted hub with names, profiled.
struct named_hub {
  named_hub(const std::vector<planted_model>& models, std::vector<std::size_t> counts, std::uint64_t seed)
      : planted{mll::test::plant(std::move(counts), models, seed)},
        graph{mll::test::named_graph(planted.counts.size())},
        labels{mll::test::named_labels(planted, models)},
        hub{mll::profile(mll::exec::sequential{}, labels, graph)} {}

  [[nodiscard]] mll::task_evidence evidence() const { return {labels, planted.match, nullptr, &hub}; }
  [[nodiscard]] mll::ensemble combine(std::size_t experts) const {
    return mll::fit_experts(mll::exec::sequential{}, evidence(), {.experts = experts});
  }
  [[nodiscard]] double accuracy(const mll::ensemble& fitted) const {
    return mll::test::macro_accuracy_of(mll::combine(fitted, mll::test::log_odds_of(planted, fitted)),
                                        planted.truth);
  }

  mll::test::planted_task planted;
  mll::test::small_dag graph;
  mll::model_labels labels;
  mll::hub_profile hub;
};

std::set<std::size_t> owners(const mll::ensemble& fitted) {
  std::set<std::size_t> out;
  for (const mll::head_id head : fitted.heads) out.insert(head.model.index());
  return out;
}

}  // namespace

TEST_CASE("uninformative experts are chosen last") {
  const named_hub f{{{{planted_head::nothing}, {planted_head::nothing}},
                     {{0}, {1}},
                     {{planted_head::nothing}, {planted_head::nothing}},
                     {{2}, {3}}},
                    {20, 20, 20, 20},
                    61};
  const auto fitted = f.combine(2);
  CHECK(owners(fitted) == std::set<std::size_t>{1, 3});
  CHECK(fitted.heads.size() == 4);
  CHECK(f.accuracy(fitted) > 0.8);
}

TEST_CASE("a copy of an expert adds nothing, and is not run") {
  const std::vector<planted_model> models{{{0}, {1}}, {{2}, {3}}, {{0}, {2}}};
  const named_hub alone{models, {15, 15, 15, 15}, 62};
  auto with_copy = alone;
  auto copy = *with_copy.labels.find(mll::model_id{1U});
  copy.model = mll::model_id{3U};
  copy.name = "copy";
  with_copy.labels.insert(copy);
  with_copy.planted.responses.push_back(with_copy.planted.responses[1]);
  with_copy.hub = mll::profile(mll::exec::sequential{}, with_copy.labels, with_copy.graph);
  CHECK(owners(with_copy.combine(4)) == std::set<std::size_t>{0, 1, 2});
  CHECK(with_copy.combine(2).heads == alone.combine(2).heads);
  for (std::size_t y = 0; y < 4; ++y) {
    const auto expected = alone.combine(4).votes[y];
    const auto found = with_copy.combine(4).votes[y];
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].weight == expected[i].weight);
  }
}

TEST_CASE("a head with a wrong name loses against a head with the right responses") {
  // Model 0 is named alder but responds to cedar; model 1 has the right names.
  const std::vector<planted_model> planted_as{{{2, 2}, {1, 2}}, {{0, 2}, {1, 2}, {2, 2}}};
  named_hub f{planted_as, {25, 25, 25}, 63};
  auto lying = *f.labels.find(mll::model_id{0U});
  lying.heads[0] = mll::test::plants[0];
  f.labels.insert(lying);
  f.hub = mll::profile(mll::exec::sequential{}, f.labels, f.graph);
  const auto relevance = mll::head_relevance(mll::exec::sequential{}, f.evidence());
  CHECK(relevance(0, 2) > 2 * relevance(0, 0));  // the right alder against the wrongly named one
  CHECK(f.accuracy(f.combine(2)) > 0.9);
}

TEST_CASE("names that are not in the graph change nothing but the name matches") {
  const std::vector<planted_model> models{{{0}, {1}}, {{1}, {2}}, {{2}, {0}}};
  const named_hub named{models, {30, 30, 30}, 64};
  auto nameless = named;
  for (std::size_t m = 0; m < models.size(); ++m) {
    auto label = *nameless.labels.find(mll::model_id{m});
    for (std::size_t h = 0; h < label.heads.size(); ++h) label.heads[h] = "class_" + std::to_string(h);
    nameless.labels.insert(label);
  }
  nameless.hub = mll::profile(mll::exec::sequential{}, nameless.labels, nameless.graph);
  const mll::relevance_options no_names{.name_weight = 0};
  CHECK(mll::head_relevance(mll::exec::sequential{}, nameless.evidence()) ==
        mll::head_relevance(mll::exec::sequential{}, named.evidence(), no_names));
  CHECK(nameless.hub.covariance == named.hub.covariance);
  CHECK(nameless.accuracy(nameless.combine(3)) > 0.85);
}

TEST_CASE("names decide a class with borrowed samples") {
  const std::vector<planted_model> models{
      {{0, 2}, {1, 2}, {2, 2}}, {{0, 2}, {3, 2}, {2, 2}}, {{3, 2}, {1, 2}, {0, 2}}};
  named_hub f{models, {30, 30, 30, 30}, 65};
  // Class 3 has borrowed samples of node 1 only.
  auto match = f.planted.match;
  match.classes[3].coverage = mll::coverage::neighbour_samples;
  match.classes[3].evidence = {{mll::node_id{1U}, 0.5}};
  const mll::task_evidence evidence{f.labels, match, nullptr, &f.hub};
  const auto fitted = mll::fit_experts(mll::exec::sequential{}, evidence, {.experts = 3});
  CHECK(fitted.correction->strength < 0.25F);
  CHECK(f.accuracy(fitted) > 0.85);
}

TEST_CASE("a class without an expert is left to the general model") {
  const std::vector<planted_model> models{{{0, 2}, {1, 2}}, {{2, 2}, {0, 2}}};
  const auto planted = mll::test::plant({20, 20, 20}, models, 66);
  const auto graph = mll::test::named_graph(3);
  mll::random_engine engine{67};
  mll::matrix<float> noise(60, 3);
  for (Eigen::Index i = 0; i < noise.size(); ++i)
    noise.data()[i] = static_cast<float>(mll::test::uniform(engine, -0.3, 0.3));
  const auto model = mll::test::general_model_for(planted.truth, 3, 0.4F, noise);
  auto labels = mll::test::named_labels(planted, models);
  const mll::general_model_labels seen{model.samples, {}};
  const auto general = mll::make_general_heads(model, seen, labels.samples(), planted.match);
  const auto weight_of_general_model = [&](std::size_t y) {
    const auto hub = mll::profile(mll::exec::sequential{}, labels, graph);
    const mll::task_evidence evidence{labels, planted.match, &general, &hub};
    const auto fitted = mll::fit_experts(mll::exec::sequential{}, evidence, {.experts = 2});
    float total = 0;
    for (const mll::vote& v : fitted.votes[y]) total += fitted.heads[v.head].model.valid() ? 0 : v.weight;
    return total;
  };
  const float before = weight_of_general_model(2);
  labels.erase(mll::model_id{1U});
  CHECK(before < 0.5F);
  CHECK(weight_of_general_model(2) > 0.5F);
}

TEST_CASE("a class without samples is left to the general model, whatever the budget") {
  const std::vector<planted_model> models{
      {{0, 2}, {1, 2}, {2, 2}}, {{0, 2}, {2, 2}}, {{1, 2}, {2, 2}}, {{0, 2}, {1, 2}}};
  const auto planted = mll::test::plant({20, 20, 20, 20}, models, 71);
  const auto graph = mll::test::named_graph(4);
  const auto labels = mll::test::named_labels(planted, models);
  const auto model =
      mll::test::general_model_for(planted.truth, 4, 1, mll::matrix<float>::Constant(80, 4, 0.05F));
  mll::matrix<float> node_texts = mll::matrix<float>::Identity(4, 4);
  const mll::general_model_labels seen{mll::detail::unit_rows(model.samples, "sample"), node_texts};
  auto match = planted.match;
  match.classes[3] = mll::class_match{};  // no node, so no samples
  const auto general = mll::make_general_heads(model, seen, labels.samples(), match);
  const auto hub = mll::profile(mll::exec::sequential{}, labels, graph, {.general = &seen});
  for (const mll::selection_budget budget :
       {mll::selection_budget{mll::heads_per_class{3}}, mll::selection_budget{mll::experts{3}},
        mll::selection_budget{mll::all_experts{}}}) {
    for (const std::size_t folds : {std::size_t{0}, std::size_t{5}}) {
      // The funnel and the fit by relevance.
      for (const double needed : {0.0, 1e9}) {
        const auto chosen = mll::select(mll::exec::sequential{}, labels, match,
                                        {.method = {.budget = budget, .min_effective_samples = needed},
                                         .general = &general,
                                         .profile = &hub,
                                         .folds = folds});
        REQUIRE(chosen.ensemble.votes[3].size() == 1);
        CHECK(!chosen.ensemble.heads[chosen.ensemble.votes[3][0].head].model.valid());
        Eigen::ArrayXXf log_odds(80, static_cast<Eigen::Index>(chosen.ensemble.heads.size()));
        for (std::size_t h = 0; h < chosen.ensemble.heads.size(); ++h) {
          const mll::head_id head = chosen.ensemble.heads[h];
          for (Eigen::Index r = 0; r < 80; ++r) {
            log_odds(r, static_cast<Eigen::Index>(h)) =
                head.model.valid() ? mll::numerics::logit(planted.responses[head.model.index()](
                                         r, static_cast<Eigen::Index>(head.index)))
                                   : general.log_odds(r, static_cast<Eigen::Index>(head.index));
          }
        }
        const auto scores = mll::combine(chosen.ensemble, log_odds, seen.embeddings);
        CHECK(mll::test::macro_accuracy_of(scores, planted.truth) > 0.95);
        double recall = 0;
        for (Eigen::Index r = 60; r < 80; ++r) {
          Eigen::Index top = 0;
          scores.row(r).maxCoeff(&top);
          recall += top == 3 ? 1.0 / 20 : 0;
        }
        CHECK(recall > 0.97);  // the general model alone is always right
      }
    }
  }
}

TEST_CASE("fit_experts refuses counts of 0 and a missing or foreign profile") {
  const named_hub f{{{{0}, {1}}}, {5, 5}, 68};
  CHECK_THROWS_WITH_AS((void)f.combine(0), "count: expected at least 1 expert, found 0",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::fit_experts(mll::exec::sequential{}, f.evidence(), {.heads_per_class = 0}),
                       "heads_per_class: expected at least 1 head per class, found 0", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(
      (void)mll::select(mll::exec::sequential{}, f.labels, f.planted.match,
                        {.method = {.budget = mll::experts{1}}}),
      "profile: expected a profile of the hub (mll::profile), in the options of select, found none",
      mll::invalid_argument);
  const named_hub other{{{{0}, {1}, {0}}}, {5, 5}, 69};
  CHECK_THROWS_WITH_AS((void)mll::select(mll::exec::sequential{}, f.labels, f.planted.match,
                                         {.method = {.budget = mll::experts{1}}, .profile = &other.hub}),
                       "profile: expected a profile of 2 heads, found 3 heads", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("fit_experts is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const named_hub f{{{{0}, {1}}, {{1}, {2}}, {{2}, {3}}, {{3}, {0}}}, {12, 12, 12, 12}, 70};
  const auto expected = mll::fit_experts(mll::exec::sequential{}, f.evidence(), {.experts = 3});
  const auto found = mll::fit_experts(Backend{}, f.evidence(), {.experts = 3});
  CHECK(found.heads == expected.heads);
  CHECK(found.correction->weights == expected.correction->weights);
  CHECK(found.correction->bias == expected.correction->bias);
}
