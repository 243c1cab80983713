// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/select.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/baselines/ridge_stacking.hpp"
#include "mll/select/baselines/top_heads.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

namespace {

const auto planted = mll::test::plant({9, 14, 6}, mll::test::mixed_hub(3, 4, 3, 1.2), 271);

double mean_response(mll::head_id head, std::size_t y) {
  double sum = 0;
  for (std::size_t r = 0; r < planted.truth.size(); ++r) {
    if (planted.truth[r] != y) continue;
    sum += static_cast<double>(planted.responses[head.model.index()](static_cast<Eigen::Index>(r),
                                                                     static_cast<Eigen::Index>(head.index)));
  }
  return sum / static_cast<double>(planted.counts[y]);
}

mll::test::toy_general_model good_general_model() {
  return mll::test::general_model_for(planted.truth, 3, 4, mll::matrix<float>::Constant(29, 3, 0.25F));
}

}  // namespace

TEST_CASE("select gives one reason per vote, with the node statistics of its head") {
  const auto labels = planted.labels();
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match);
  CHECK(chosen.method == "chco");
  CHECK(chosen.match.task.size() == 3);

  std::size_t at = 0;
  for (std::size_t y = 0; y < 3; ++y) {
    for (const mll::vote& v : chosen.ensemble.votes[y]) {
      REQUIRE(at < chosen.reasons.size());
      const mll::head_reason& reason = chosen.reasons[at++];
      const mll::head_id head = chosen.ensemble.heads[v.head];
      CHECK(reason.target == mll::class_id{y});
      CHECK(reason.head == head);
      CHECK(reason.model == "model " + std::to_string(head.model.value()));
      CHECK(reason.name == "head " + std::to_string(head.index));
      CHECK(reason.weight == v.weight);
      CHECK(reason.gain == v.gain);
      CHECK(reason.response == doctest::Approx(mean_response(head, y)).epsilon(1e-5));

      const std::size_t first = (y + 1) % 3;
      const std::size_t second = (y + 2) % 3;
      const std::size_t rival = mean_response(head, first) > mean_response(head, second) ? first : second;
      CHECK(reason.rival == mll::class_id{rival});
      CHECK(reason.rival_response == doctest::Approx(mean_response(head, rival)).epsilon(1e-5));
      const double against =
          (mean_response(head, rival) + (mean_response(head, first) + mean_response(head, second)) / 2) / 2;
      CHECK(reason.reuse_score == doctest::Approx(mean_response(head, y) - against).epsilon(1e-4));
    }
  }
  CHECK(at == chosen.reasons.size());
}

TEST_CASE("models lists each owner of a head once, in order, with all its heads") {
  const auto labels = planted.labels();
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match);
  std::set<mll::model_id> expected;
  for (const mll::head_id head : chosen.ensemble.heads) expected.insert(head.model);
  std::vector<mll::model_id> found;
  for (const auto& model : chosen.models) {
    found.push_back(model.id);
    CHECK(model.name == "model " + std::to_string(model.id.value()));
    CHECK(model.head_names == std::vector<std::string>{"head 0", "head 1", "head 2"});
  }
  CHECK(found == std::vector<mll::model_id>(expected.begin(), expected.end()));
}

TEST_CASE("the estimate is that of cross_validate, and optional") {
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match,
                                  {.method = {.budget = mll::heads_per_class{2}}, .folds = 3, .seed = 7});
  const auto expected = mll::cross_validate(mll::exec::sequential{}, evidence,
                                            mll::chco<>{.budget = mll::heads_per_class{2}}, 3, 7);
  REQUIRE(chosen.estimate.has_value());
  CHECK(chosen.estimate->accuracy == expected.accuracy);
  CHECK(chosen.estimate->low == expected.low);
  CHECK(chosen.estimate->high == expected.high);
  CHECK(chosen.estimate->per_class == expected.per_class);
  CHECK(!mll::select(mll::exec::sequential{}, labels, planted.match, {.folds = 0}).estimate);
  CHECK_THROWS_WITH_AS((void)mll::select(mll::exec::sequential{}, labels, planted.match, {.folds = 1}),
                       "folds: expected at least 2, found 1", mll::invalid_argument);
}

TEST_CASE("options of CHCO need no type name") {
  const auto labels = planted.labels();
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match,
                                  {.method = {.budget = mll::heads_per_class{1}}, .folds = 0});
  for (const auto& votes : chosen.ensemble.votes) CHECK(votes.size() == 1);
}

TEST_CASE("select rejects empty labels and passes on errors of the method") {
  const mll::model_labels none{mll::test::layout_of(planted.counts)};
  CHECK_THROWS_WITH_AS((void)mll::select(mll::exec::sequential{}, none, planted.match),
                       "labels: expected labels of at least one model, found none", mll::invalid_argument);
  const auto labels = planted.labels();
  CHECK_THROWS_WITH_AS((void)mll::select(mll::exec::sequential{}, labels, planted.match,
                                         {.method = {.budget = mll::heads_per_class{0}}}),
                       "budget: expected at least 1 head per class, found 0", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("select is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto labels = planted.labels();
  const auto check = [&](const auto& options) {
    const auto expected = mll::select(mll::exec::sequential{}, labels, planted.match, options);
    const auto found = mll::select(Backend{}, labels, planted.match, options);
    CHECK(found.ensemble.heads == expected.ensemble.heads);
    CHECK(found.estimate->accuracy == expected.estimate->accuracy);
    CHECK(found.estimate->low == expected.estimate->low);
    REQUIRE(found.reasons.size() == expected.reasons.size());
    for (std::size_t i = 0; i < found.reasons.size(); ++i) {
      CHECK(found.reasons[i].head == expected.reasons[i].head);
      CHECK(found.reasons[i].response == expected.reasons[i].response);
      CHECK(found.reasons[i].reuse_score == expected.reasons[i].reuse_score);
    }
  };
  check(mll::select_options<>{});
  check(mll::select_options<mll::top_heads<mll::area_under_roc>>{});
}

TEST_CASE("a selection stores texts and scale of the general heads") {
  const auto labels = planted.labels();
  const auto model = good_general_model();
  const auto general = mll::make_general_heads(model, {mll::detail::unit_rows(model.samples, "sample")},
                                               labels.samples(), planted.match);
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match, {.general = &general});
  CHECK(chosen.general_texts == general.class_texts());
  CHECK(chosen.general_scale == general.scale());
  REQUIRE(!chosen.models.empty());
  CHECK(!chosen.models.back().id.valid());
  CHECK(chosen.models.back().name == "general model");
  bool named = false;
  for (const auto& reason : chosen.reasons) {
    if (reason.head.model.valid()) continue;
    named = true;
    CHECK(reason.model == "general model");
    CHECK(reason.name == "class " + std::to_string(reason.target.value()));
    CHECK(reason.response > 0.5F);
  }
  CHECK(named);
  CHECK(mll::select(mll::exec::sequential{}, labels, planted.match).general_texts.size() == 0);
}

TEST_CASE("a method with corrections only gives models but no reasons") {
  const auto labels = planted.labels();
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match,
                                  mll::select_options<mll::ridge_stacking>{.folds = 2});
  CHECK(chosen.reasons.empty());
  CHECK(chosen.models.size() == 7);
  CHECK(chosen.estimate->accuracy > 0.7);
}

TEST_CASE("what to expect of samples from elsewhere follows the given fit") {
  const auto labels = planted.labels();
  const mll::exec::sequential backend;
  const auto usual = mll::select(backend, labels, planted.match);
  mll::select_options<> options;
  options.shift.fall = 3;
  options.shift.max_fall = 5;
  const auto harder = mll::select(backend, labels, planted.match, options);
  CHECK(harder.estimate->accuracy == usual.estimate->accuracy);
  CHECK(harder.estimate->elsewhere.value < usual.estimate->elsewhere.value);
  CHECK(harder.estimate->elsewhere.low < usual.estimate->elsewhere.low);
  CHECK(harder.estimate->elsewhere.high == usual.estimate->elsewhere.high);
}
