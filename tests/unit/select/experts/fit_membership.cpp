// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/fit_membership.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/profile.hpp"
#include "mll/reuse/prediction.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/select.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"
#include "support/toy_general_model.hpp"

namespace {

const std::vector<mll::test::planted_model> membership_models{
    {{0, 1.5}, {1, 1.5}, {2, 1.5}}, {{3, 1.5}, {4, 1.5}, {5, 1.5}}, {{0, 1}, {4, 1}}};

/// A hub that knows six nodes, and a task of the first three.
struct half_of_a_hub {
  mll::test::planted_task planted = mll::test::plant({30, 30, 30, 30, 30, 30}, membership_models, 91);
  mll::model_labels labels = mll::test::named_labels(planted, membership_models);
  mll::hub_profile hub = mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(6));
  mll::task_match match = first_three(planted.match);

  static mll::task_match first_three(mll::task_match of) {
    of.task = mll::task{{"alder"}, {"birch"}, {"cedar"}};
    of.classes.resize(3);
    return of;
  }
  [[nodiscard]] mll::selection chosen() const {
    return mll::select(mll::exec::sequential{}, labels, match,
                       {.method = {.budget = mll::all_experts{}}, .profile = &hub});
  }
};

std::vector<mll::prediction> predictions_for(const mll::selection& chosen,
                                             const mll::batch_responses& batch) {
  mll::matrix<float> scores = mll::combine(chosen.ensemble, batch.log_odds, batch.embeddings);
  for (Eigen::Index i = 0; i < scores.size(); ++i) scores.data()[i] = std::exp(scores.data()[i]);
  return mll::detail::predictions_of(mll::exec::sequential{}, chosen, batch, scores, {});
}

/// Area under the ROC curve of a number that should be higher for the first samples than for the others.
double area_of(const std::vector<double>& values, std::size_t first) {
  double wins = 0;
  for (std::size_t i = 0; i < first; ++i) {
    for (std::size_t j = first; j < values.size(); ++j)
      wins += values[i] > values[j] ? 1 : values[i] == values[j] ? 0.5 : 0;
  }
  return wins / static_cast<double>(first * (values.size() - first));
}

}  // namespace

TEST_CASE("the probability to belong is the ratio of Gaussian likelihoods of the nodes, tempered") {
  const half_of_a_hub f;
  const mll::selection chosen = f.chosen();
  REQUIRE(chosen.membership);
  CHECK(chosen.membership->task_nodes == 3);
  CHECK(chosen.membership->bias.size() == 6);
  CHECK(chosen.membership->embedding_dimension() == 0);
  CHECK(chosen.membership->heads == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7});
  const mll::batch_responses batch{mll::test::log_odds_of(f.planted, chosen.ensemble)};
  const auto found = predictions_for(chosen, batch);

  // From the definition, in double precision.
  const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5, 6, 7};
  Eigen::MatrixXd x = ((1 + (-batch.log_odds.cast<double>()).exp()).inverse() + 0.003).log().matrix();
  x.rowwise() += f.hub.log_width;
  const Eigen::MatrixXd inverse = f.hub.shrunk_covariance(all).inverse();
  for (Eigen::Index r = 0; r < x.rows(); r += 7) {
    double likelihood[2] = {0, 0};
    for (Eigen::Index v = 0; v < 6; ++v) {
      const Eigen::RowVectorXd off = x.row(r) - x.middleRows(30 * v, 30).colwise().mean();
      likelihood[v < 3 ? 0 : 1] += std::exp(-(off * inverse * off.transpose())(0, 0) / 8) / 3;
    }
    const double expected = likelihood[0] / (likelihood[0] + likelihood[1]);
    // Labels keep 8-bit codes, the batch does not.
    CHECK(static_cast<double>(*found[static_cast<std::size_t>(r)].belongs) ==
          doctest::Approx(expected).epsilon(0.02));
  }
}

TEST_CASE("samples of other nodes are told from those of the task, better than by their probability") {
  const half_of_a_hub f;
  const mll::selection chosen = f.chosen();
  const auto met = mll::test::plant({40, 40, 40, 40, 40, 40}, membership_models, 92);
  const auto found = predictions_for(chosen, {mll::test::log_odds_of(met, chosen.ensemble)});
  std::vector<double> belongs;
  std::vector<double> probability;
  for (const mll::prediction& one : found) {
    belongs.push_back(static_cast<double>(*one.belongs));
    probability.push_back(static_cast<double>(one.probability));
  }
  CHECK(area_of(belongs, 120) > 0.9);
  CHECK(area_of(belongs, 120) > area_of(probability, 120) + 0.05);
}

TEST_CASE(
    "nodes above and below a class are not others; without others or a profile there is no membership") {
  const half_of_a_hub f;
  mll::task_match match = f.match;
  match.task = mll::task{{"tree"}, {"birch"}};
  match.classes.resize(2);
  match.classes[0].node = mll::node_id{7U};  // above the even nodes, of which only 0 is evidence here
  const mll::task_evidence evidence{f.labels, match, nullptr, &f.hub};
  mll::ensemble fitted;
  fitted.heads.assign(evidence.heads().begin(), evidence.heads().end());
  fitted.votes.resize(2);
  const auto found = mll::fit_membership(mll::exec::sequential{}, evidence, fitted);
  REQUIRE(found);
  CHECK(found->task_nodes == 2);
  CHECK(found->bias.size() == 4);  // nodes 3 and 5

  fitted.votes.resize(6);
  CHECK_FALSE(mll::fit_membership(mll::exec::sequential{},
                                  mll::task_evidence{f.labels, f.planted.match, nullptr, &f.hub}, fitted));
  CHECK_FALSE(mll::fit_membership(mll::exec::sequential{}, mll::task_evidence{f.labels, f.match}, fitted));
  CHECK_FALSE(mll::fit_membership(mll::exec::sequential{}, evidence, mll::ensemble{}));
}

TEST_CASE("its size is limited: voting heads first, and of the other nodes the nearest first") {
  const half_of_a_hub f;
  const mll::task_evidence evidence{f.labels, f.match, nullptr, &f.hub};
  mll::ensemble fitted;
  fitted.heads.assign(evidence.heads().begin(), evidence.heads().end());
  fitted.votes.resize(3);
  fitted.votes[1].push_back({.head = 7});
  const auto found = mll::fit_membership(mll::exec::sequential{}, evidence, fitted,
                                         {.max_heads = 3, .max_task_nodes = 3, .max_other_nodes = 2});
  REQUIRE(found);
  CHECK(found->heads == std::vector<std::uint32_t>{0, 1, 7});
  CHECK(found->weights.rows() == 3);
  CHECK(found->task_nodes == 3);
  CHECK(found->bias.size() == 5);
}

TEST_CASE("a class without samples belongs by the embedding that its text predicts") {
  const auto planted = mll::test::plant({20, 20, 20, 20}, membership_models, 93);
  const auto labels = mll::test::named_labels(planted, membership_models);
  const auto model =
      mll::test::general_model_for(planted.truth, 4, 1, mll::matrix<float>::Constant(80, 4, 0.05F));
  const mll::general_model_labels seen{mll::detail::unit_rows(model.samples, "sample"),
                                       mll::matrix<float>::Identity(4, 4)};
  const auto hub =
      mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(6), {.general = &seen});
  mll::task_match match = planted.match;
  match.task = mll::task{{"class 0"}, {"class 1"}, {"class 3"}};
  match.classes.resize(3);
  match.classes[2] = mll::class_match{};  // no node, so no samples
  const auto general = mll::make_general_heads(model, seen, labels.samples(), match);
  const auto chosen =
      mll::select(mll::exec::sequential{}, labels, match,
                  {.method = {.budget = mll::experts{3}}, .general = &general, .profile = &hub, .folds = 0});
  REQUIRE(chosen.membership);
  CHECK(chosen.membership->task_nodes == 3);
  CHECK(chosen.membership->embedding_dimension() == 4);
  CHECK(chosen.membership->bias.size() == 5);  // nodes 2 and 3 are others
}

TEST_CASE_TEMPLATE("the membership is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const half_of_a_hub f;
  const mll::task_evidence evidence{f.labels, f.match, nullptr, &f.hub};
  mll::ensemble fitted;
  fitted.heads.assign(evidence.heads().begin(), evidence.heads().end());
  fitted.votes.resize(3);
  const auto expected =
      mll::fit_membership(mll::exec::sequential{}, evidence, fitted, {.max_other_nodes = 2});
  const auto found = mll::fit_membership(Backend{}, evidence, fitted, {.max_other_nodes = 2});
  CHECK(found->weights == expected->weights);
  CHECK(found->bias == expected->bias);
}
