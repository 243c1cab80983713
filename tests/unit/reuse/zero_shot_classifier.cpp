// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/zero_shot_classifier.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/model/detail/batch_memo.hpp"
#include "mll/select/baselines/ridge_stacking.hpp"
#include "mll/select/baselines/top_heads.hpp"
#include "mll/select/select.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"
#include "support/toy_general_model.hpp"

namespace {

using mll::test::planted_task;

const planted_task& task() {
  static const planted_task planted = mll::test::plant({8, 12, 10}, mll::test::mixed_hub(3, 4, 4, 1), 401);
  return planted;
}

mll::selection solve(const planted_task& planted) {
  return mll::select(mll::exec::sequential{}, planted.labels(), planted.match, {.folds = 0});
}

template <class Classifier>
mll::matrix<float> predict(const Classifier& model, std::span<const std::size_t> batch) {
  mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()),
                         static_cast<Eigen::Index>(model.head_count()));
  model.predict(batch, out);
  return out;
}

mll::matrix<float> expected_probabilities(const planted_task& planted, const mll::selection& chosen) {
  return mll::combine(chosen.ensemble, mll::test::log_odds_of(planted, chosen.ensemble))
      .array()
      .exp()
      .matrix();
}

/// Answers from a table and counts the calls; may fail on purpose.
struct watched {
  using sample_type = std::size_t;
  enum class fault { none, throws, throws_number, answers_nan, answers_two, answers_half, adds_head };

  mll::precomputed_scores table;
  std::shared_ptr<int> calls = std::make_shared<int>(0);
  fault how = fault::none;

  std::shared_ptr<bool> bound = std::make_shared<bool>(false);  ///< faults begin then

  [[nodiscard]] std::size_t head_count() const {
    return table.head_count() + (how == fault::adds_head && *bound ? 1 : 0);
  }
  [[nodiscard]] std::string head_name(std::size_t head) const { return table.head_name(head); }
  void predict(std::span<const std::size_t> batch, mll::matrix_ref<float> scores) const {
    ++*calls;
    if (how == fault::throws) throw std::runtime_error{"out of paper"};
    if (how == fault::throws_number) throw 42;
    if (how == fault::answers_half) batch = batch.first(batch.size() / 2);
    table.predict(batch, scores);
    if (how == fault::answers_nan) scores.row(1).setConstant(std::numeric_limits<float>::quiet_NaN());
    if (how == fault::answers_two) scores.row(1).setConstant(2);
  }
};

/// Answers from a table for the rows that it looks up as all its like do.
struct sharing {
  using sample_type = std::size_t;
  mll::precomputed_scores table;
  std::size_t* looked_up;

  [[nodiscard]] std::size_t head_count() const { return table.head_count(); }
  [[nodiscard]] std::string head_name(std::size_t head) const { return table.head_name(head); }
  void predict(std::span<const std::size_t> batch, mll::matrix_ref<float> scores) const {
    const auto rows = mll::detail::batch_memo::values<std::size_t>(
        'r', batch,
        [&](std::size_t i) {
          ++*looked_up;
          return batch[i];
        },
        [](std::size_t, std::size_t) { return sizeof(std::size_t); });
    table.predict(rows, scores);
  }
};

// The hub of a task with every model watched; `faulty` fails as said.
mll::hub<std::size_t> watched_hub(const planted_task& planted, std::vector<std::shared_ptr<int>>& calls,
                                  mll::model_id faulty = {}, watched::fault how = watched::fault::none,
                                  std::shared_ptr<bool> bound = std::make_shared<bool>(false)) {
  mll::hub<std::size_t> out;
  for (std::size_t m = 0; m < planted.responses.size(); ++m) {
    watched model{mll::precomputed_scores{planted.head_names(m), planted.responses[m]}};
    if (faulty == mll::model_id{m}) model.how = how;
    model.bound = bound;
    calls.push_back(model.calls);
    out.add("model " + std::to_string(m), model);
  }
  return out;
}

static_assert(mll::classifier<mll::zero_shot_classifier<std::size_t>>);

}  // namespace

TEST_CASE_TEMPLATE("probabilities are those of the ensemble", Backend, MLL_TEST_BACKENDS) {
  const auto check = [](const mll::selection& chosen) {
    const mll::zero_shot_classifier<std::size_t> solved{task().models(), chosen};
    const auto rows = task().rows();
    mll::matrix<float> found(30, 3);
    solved.predict(Backend{}, std::span<const std::size_t>{rows}, found);
    CHECK((found - expected_probabilities(task(), chosen)).cwiseAbs().maxCoeff() < 1e-6F);
    CHECK((found - predict(solved, rows)).cwiseAbs().maxCoeff() == 0);
    for (Eigen::Index i = 0; i < found.rows(); ++i)
      CHECK(found.row(i).sum() == doctest::Approx(1).epsilon(1e-5));
  };
  check(solve(task()));
  check(mll::select(mll::exec::sequential{}, task().labels(), task().match,
                    mll::select_options<mll::top_heads<>>{.folds = 0}));
  check(mll::select(mll::exec::sequential{}, task().labels(), task().match,
                    mll::select_options<mll::ridge_stacking>{.folds = 0}));
}

TEST_CASE("only the experts that own a chosen head run, once per batch") {
  std::vector<std::shared_ptr<int>> calls;
  const auto models = watched_hub(task(), calls);
  const mll::selection chosen = mll::select(mll::exec::sequential{}, task().labels(), task().match,
                                            {.method = {.budget = mll::heads_per_class{1}}, .folds = 0});
  const mll::zero_shot_classifier<std::size_t> solved{models, chosen};
  std::set<mll::model_id> owners;
  for (const mll::head_id head : chosen.ensemble.heads) owners.insert(head.model);
  REQUIRE(owners.size() < models.size());
  CHECK(solved.model_count() == owners.size());
  (void)predict(solved, task().rows());
  for (std::size_t m = 0; m < calls.size(); ++m)
    CHECK(*calls[m] == (owners.contains(mll::model_id{m}) ? 1 : 0));
}

TEST_CASE("experts share what they make of a batch alike, for one call") {
  const mll::selection chosen = solve(task());
  std::size_t looked_up = 0;
  mll::hub<std::size_t> models;
  for (std::size_t m = 0; m < task().responses.size(); ++m)
    models.add("model " + std::to_string(m),
               sharing{{task().head_names(m), task().responses[m]}, &looked_up});
  const mll::zero_shot_classifier<std::size_t> plain{task().models(), chosen};
  const mll::zero_shot_classifier<std::size_t> solved{models, chosen};
  REQUIRE(solved.model_count() > 1);
  auto rows = task().rows();
  CHECK(predict(solved, rows) == predict(plain, rows));
  CHECK(looked_up == rows.size());
  std::swap(rows.front(), rows.back());  // other samples in the same place
  CHECK(predict(solved, rows) == predict(plain, rows));
  CHECK(looked_up == 2 * rows.size());
}

TEST_CASE("a solved task is a classifier, can be added to a hub, and outlives its own hub") {
  mll::hub<std::size_t> next;
  const mll::selection chosen = solve(task());
  {
    const auto models = task().models();
    next.add("solved", mll::zero_shot_classifier<std::size_t>{models, chosen});
  }
  const auto& solved = next.model(*next.find("solved"));
  CHECK(solved.head_count() == 3);
  CHECK(solved.head_name(2) == "class 2");
  const auto rows = task().rows();
  CHECK((predict(solved, rows) - expected_probabilities(task(), chosen)).cwiseAbs().maxCoeff() < 1e-6F);
  REQUIRE(solved.get_if<mll::zero_shot_classifier<std::size_t>>() != nullptr);
  CHECK(solved.get_if<mll::zero_shot_classifier<std::size_t>>()->source().method == "chco");
}

TEST_CASE("models are found by name in a hub built anew, by id after a change of name") {
  const mll::selection chosen = solve(task());
  const auto rows = task().rows();
  const auto expected = expected_probabilities(task(), chosen);

  SUBCASE("another order, other ids") {
    mll::hub<std::size_t> rebuilt;
    rebuilt.add("newcomer", mll::precomputed_scores{{"x"}, mll::matrix<float>::Zero(30, 1)});
    for (std::size_t m = task().responses.size(); m-- > 0;)
      rebuilt.add("model " + std::to_string(m),
                  mll::precomputed_scores{task().head_names(m), task().responses[m]});
    CHECK((predict(mll::zero_shot_classifier<std::size_t>{rebuilt, chosen}, rows) - expected)
              .cwiseAbs()
              .maxCoeff() < 1e-6F);
  }
  SUBCASE("other names") {
    auto renamed = task().models();
    for (const mll::model_id id : renamed.ids()) renamed.rename(id, "expert " + std::to_string(id.value()));
    CHECK((predict(mll::zero_shot_classifier<std::size_t>{renamed, chosen}, rows) - expected)
              .cwiseAbs()
              .maxCoeff() < 1e-6F);
  }
}

TEST_CASE("a model that is missing, or has other heads, is refused by name") {
  const mll::selection chosen = solve(task());
  const mll::model_id needed = chosen.ensemble.heads.front().model;
  const std::string name = "model " + std::to_string(needed.value());
  using solved = mll::zero_shot_classifier<std::size_t>;

  auto without = task().models();
  without.remove(needed);
  CHECK_THROWS_WITH_AS(
      (solved{without, chosen}),
      ("models: expected model '" + name + "', which owns a chosen head, found no model of this name")
          .c_str(),
      mll::invalid_argument);

  auto replaced = without;
  replaced.add(name, mll::precomputed_scores{{"other", "heads", "here"}, task().responses[needed.index()]});
  CHECK_THROWS_WITH_AS(
      (solved{replaced, chosen}),
      ("models: expected the labelled heads in model '" + name + "', found other heads").c_str(),
      mll::invalid_argument);

  // With the same heads and another fingerprint, by name and by id; unknown fingerprints tell nothing.
  const auto with_fingerprint = [&](const std::string& labelled, const std::string& now,
                                    const std::string& as) {
    auto asked = chosen;
    for (auto& each : asked.models) each.fingerprint = labelled;
    auto models = without;
    if (as == name) {
      models.add(name,
                 mll::precomputed_scores{task().head_names(needed.index()), task().responses[needed.index()]},
                 now);
    } else {
      models = mll::hub<std::size_t>{};
      for (std::size_t m = 0; m < task().responses.size(); ++m)
        models.add(m == needed.index() ? as : "model " + std::to_string(m),
                   mll::precomputed_scores{task().head_names(m), task().responses[m]},
                   m == needed.index() ? now : "");
    }
    try {
      const solved made{models, asked};
    } catch (const mll::invalid_argument& problem) {
      return std::string{problem.what()};
    }
    return std::string{"bound"};
  };
  CHECK(with_fingerprint("1f", "1f", name) == "bound");
  CHECK(with_fingerprint("", "1f", name) == "bound");
  CHECK(with_fingerprint("1f", "", name) == "bound");
  CHECK(with_fingerprint("1f", "2e", name) == "models: expected model '" + name +
                                                  "' as it was labelled (fingerprint 1f), found another one "
                                                  "(fingerprint 2e)");
  CHECK(with_fingerprint("1f", "1f", "other name") == "bound");
  CHECK(with_fingerprint("1f", "2e", "other name") ==
        "models: expected model '" + name + "', which owns a chosen head, found no model of this name");

  // What is not known to be the same model is refused if the caller says so.
  const auto strictly = [&](const std::string& labelled, const std::string& now) {
    auto asked = chosen;
    for (auto& each : asked.models) each.fingerprint = each.id == needed ? labelled : "2e";
    mll::hub<std::size_t> models;
    for (std::size_t m = 0; m < task().responses.size(); ++m)
      models.add("model " + std::to_string(m),
                 mll::precomputed_scores{task().head_names(m), task().responses[m]},
                 m == needed.index() ? now : "2e");
    try {
      const solved made{models, asked, mll::unknown_models::refuse};
    } catch (const mll::invalid_argument& problem) {
      return std::string{problem.what()};
    }
    return std::string{"bound"};
  };
  CHECK(strictly("1f", "1f") == "bound");
  CHECK(strictly("", "") == "models: expected model '" + name +
                                "' as it was labelled (fingerprint unknown), found another one (fingerprint "
                                "unknown)");
  CHECK(strictly("1f", "").ends_with("(fingerprint 1f), found another one (fingerprint unknown)"));
  CHECK(strictly("", "1f").ends_with("(fingerprint unknown), found another one (fingerprint 1f)"));

  auto narrower = without;
  narrower.add(name, mll::precomputed_scores{{"head 0"}, task().responses[needed.index()].leftCols(1)});
  CHECK_THROWS_AS((solved{narrower, chosen}), mll::invalid_argument);
}

TEST_CASE_TEMPLATE("a model that throws or returns invalid scores is named", Backend, MLL_TEST_BACKENDS) {
  const mll::selection chosen = solve(task());
  const mll::model_id faulty = chosen.ensemble.heads.back().model;
  const std::string name = "model '" + std::string{"model "} + std::to_string(faulty.value()) + "': ";
  const std::string head = "head 'head " + std::to_string(chosen.ensemble.heads.back().index) + "' returned ";
  const auto rows = task().rows();
  const auto run = [&](watched::fault how) {
    std::vector<std::shared_ptr<int>> calls;
    const auto bound = std::make_shared<bool>(false);
    const mll::zero_shot_classifier<std::size_t> solved{watched_hub(task(), calls, faulty, how, bound),
                                                        chosen};
    *bound = true;
    mll::matrix<float> scores(30, 3);
    std::string said = "nothing";
    try {
      solved.predict(Backend{}, std::span<const std::size_t>{rows}, scores);
    } catch (const mll::model_error& failure) {
      said = failure.what();
    }
    return said;
  };
  CHECK(run(watched::fault::none) == "nothing");
  CHECK(run(watched::fault::throws) == name + "out of paper");
  // The first of its heads that is in use is reported.
  CHECK(run(watched::fault::answers_nan).starts_with(name + "head '"));
  CHECK(run(watched::fault::answers_nan)
            .ends_with("returned NaN for sample 1; expected a probability in [0, 1]"));
  CHECK(run(watched::fault::answers_two)
            .ends_with("returned 2 for sample 1; expected a probability in [0, 1]"));
  CHECK(run(watched::fault::throws_number) == name + "an exception that is not a std::exception");
  // Scores that are not written, and heads that were not there when the classifier was made.
  CHECK(run(watched::fault::answers_half)
            .ends_with("returned NaN for sample 15; expected a probability in [0, 1]"));
  CHECK(run(watched::fault::adds_head)
            .ends_with("heads as before, found " +
                       std::to_string(task().head_names(faulty.index()).size() + 1)));
}

TEST_CASE("an empty batch is valid and runs no model") {
  std::vector<std::shared_ptr<int>> calls;
  const mll::zero_shot_classifier<std::size_t> solved{watched_hub(task(), calls), solve(task())};
  CHECK(predict(solved, {}).rows() == 0);
  CHECK(solved.classify(mll::exec::sequential{}, {}).empty());
  for (const auto& count : calls) CHECK(*count == 0);
}

TEST_CASE("scores of another shape are refused") {
  const mll::zero_shot_classifier<std::size_t> solved{task().models(), solve(task())};
  const std::vector<std::size_t> batch{0, 1};
  mll::matrix<float> narrow(2, 2);
  CHECK_THROWS_WITH_AS(solved.predict(batch, narrow), "scores: expected shape [2, 3], found [2, 2]",
                       mll::invalid_argument);
  mll::matrix<float> tall(3, 3);
  CHECK_THROWS_WITH_AS(solved.predict(batch, tall), "scores: expected shape [2, 3], found [3, 3]",
                       mll::invalid_argument);
}

TEST_CASE("classify returns the most probable class, or none below the threshold") {
  const mll::selection chosen = solve(task());
  const mll::zero_shot_classifier<std::size_t> solved{task().models(), chosen};
  const auto rows = task().rows();
  const auto expected = expected_probabilities(task(), chosen);
  std::size_t abstained = 0;
  for (const float threshold : {0.0F, 0.7F, 1.0F}) {
    const auto answers =
        solved.classify(mll::exec::sequential{}, std::span<const std::size_t>{rows}, threshold);
    REQUIRE(answers.size() == 30);
    for (std::size_t i = 0; i < 30; ++i) {
      Eigen::Index top = 0;
      const float probability = expected.row(static_cast<Eigen::Index>(i)).maxCoeff(&top);
      CHECK(answers[i].probability == doctest::Approx(probability).epsilon(1e-5));
      CHECK(answers[i].answer.has_value() == (answers[i].probability >= threshold));
      if (answers[i].answer) {
        CHECK(answers[i].answer->index() == static_cast<std::size_t>(top));
      } else {
        ++abstained;
      }
      if (threshold == 0) CHECK(answers[i].answer.has_value());
    }
  }
  CHECK(abstained > 0);
  for (const float bad : {-0.1F, 1.5F, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK_THROWS_AS((void)solved.classify(mll::exec::sequential{}, std::span<const std::size_t>{rows}, bad),
                    mll::invalid_argument);
  }
  CHECK_THROWS_WITH_AS(
      (void)solved.classify(mll::exec::sequential{}, std::span<const std::size_t>{rows}, 1.5F),
      "threshold: expected a probability in [0, 1], found 1.5", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("a general model votes beside the experts", Backend, MLL_TEST_BACKENDS) {
  // Class 1 has no samples among the representation data, but some in the batch.
  const auto models = mll::test::mixed_hub(3, 2, 1, 2);
  planted_task seen = mll::test::plant({8, 0, 8}, models, 411);
  const planted_task met = mll::test::plant({10, 10, 10}, models, 412);
  const auto model =
      mll::test::general_model_for(seen.truth, 3, 1, mll::matrix<float>::Constant(16, 3, 0.1F));
  const auto answering =
      mll::test::general_model_for(met.truth, 3, 1, mll::matrix<float>::Constant(30, 3, 0.1F));
  const auto labels = seen.labels();
  const auto general = mll::make_general_heads(model, {mll::detail::unit_rows(model.samples, "sample")},
                                               labels.samples(), seen.match);
  const auto chosen =
      mll::select(mll::exec::sequential{}, labels, seen.match, {.general = &general, .folds = 0});

  using solved_task = mll::zero_shot_classifier<std::size_t>;
  CHECK_THROWS_WITH_AS(
      (solved_task{met.models(), chosen}),
      "chosen: expected a selection of hub models only, or a general model as third argument, found "
      "heads of the general model",
      mll::invalid_argument);

  const solved_task solved{met.models(), chosen, answering};
  std::set<mll::model_id> owners;
  for (const mll::head_id head : chosen.ensemble.heads) owners.insert(head.model);
  CHECK(solved.model_count() == owners.size());  // the general model is one of them
  const auto rows = met.rows();
  mll::matrix<float> found(30, 3);
  solved.predict(Backend{}, std::span<const std::size_t>{rows}, found);

  // By hand: the softmax of the scaled cosines is the response of the general heads.
  Eigen::ArrayXXf log_odds(30, static_cast<Eigen::Index>(chosen.ensemble.heads.size()));
  for (Eigen::Index h = 0; h < log_odds.cols(); ++h) {
    const mll::head_id head = chosen.ensemble.heads[static_cast<std::size_t>(h)];
    for (Eigen::Index r = 0; r < 30; ++r) {
      if (head.model.valid()) {
        log_odds(r, h) =
            mll::numerics::logit(met.responses[head.model.index()](r, static_cast<Eigen::Index>(head.index)));
        continue;
      }
      std::vector<float> shares;
      for (Eigen::Index y = 0; y < 3; ++y)
        shares.push_back(chosen.general_scale * answering.samples(r, y) / answering.samples.row(r).norm());
      mll::numerics::softmax(std::span{shares});
      log_odds(r, h) = mll::numerics::logit(shares[head.index]);
    }
  }
  const mll::matrix<float> expected = mll::combine(chosen.ensemble, log_odds).array().exp().matrix();
  CHECK((found - expected).cwiseAbs().maxCoeff() < 1e-5F);
  CHECK(mll::test::macro_accuracy_of(found, met.truth) > 0.8);
}

TEST_CASE("a general model that the selection does not use is not run") {
  const auto model = mll::test::general_model_for(task().truth, 3, 1, mll::matrix<float>::Zero(30, 3));
  const mll::selection chosen = solve(task());
  const mll::zero_shot_classifier<std::size_t> with{task().models(), chosen, model};
  const mll::zero_shot_classifier<std::size_t> without{task().models(), chosen};
  CHECK(with.model_count() == without.model_count());
  CHECK(predict(with, task().rows()) == predict(without, task().rows()));
}

namespace {

/// A general model that fails as said at its second call on samples.
struct faulty_general {
  using sample_type = std::size_t;
  enum class fault { none, throws, rows, columns, nan };
  mll::test::toy_general_model model;
  fault how = fault::none;

  [[nodiscard]] mll::matrix<float> embed_samples(std::span<const std::size_t> batch) const {
    if (how == fault::throws) throw "a text";
    mll::matrix<float> out = model.embed_samples(batch);
    if (how == fault::rows) out.conservativeResize(out.rows() - 1, out.cols());
    if (how == fault::columns) out.conservativeResize(out.rows(), out.cols() + 1);
    if (how == fault::nan) out(4, 0) = std::numeric_limits<float>::quiet_NaN();
    return out;
  }
  [[nodiscard]] mll::matrix<float> embed_texts(std::span<const std::string_view> texts) const {
    return model.embed_texts(texts);
  }
};

}  // namespace

TEST_CASE("a general model that throws or returns invalid embeddings is named") {
  const auto models = mll::test::mixed_hub(3, 2, 1, 2);
  const planted_task seen = mll::test::plant({8, 0, 8}, models, 411);
  const auto model =
      mll::test::general_model_for(seen.truth, 3, 1, mll::matrix<float>::Constant(16, 3, 0.1F));
  const auto labels = seen.labels();
  const auto general = mll::make_general_heads(model, {mll::detail::unit_rows(model.samples, "sample")},
                                               labels.samples(), seen.match);
  const auto chosen =
      mll::select(mll::exec::sequential{}, labels, seen.match, {.general = &general, .folds = 0});
  const auto run = [&](faulty_general::fault how) {
    const mll::zero_shot_classifier<std::size_t> solved{seen.models(), chosen, faulty_general{model, how}};
    try {
      static_cast<void>(predict(solved, seen.rows()));
    } catch (const mll::model_error& failure) {
      return std::string{failure.what()};
    }
    return std::string{"nothing"};
  };
  const std::string name = "model 'general model': ";
  CHECK(run(faulty_general::fault::none) == "nothing");
  CHECK(run(faulty_general::fault::throws) == name + "an exception that is not a std::exception");
  CHECK(run(faulty_general::fault::rows) == name + "embed_samples: expected shape [16, 3], found [15, 3]");
  CHECK(run(faulty_general::fault::columns) == name + "embed_samples: expected shape [16, 3], found [16, 4]");
  CHECK(run(faulty_general::fault::nan) ==
        name + "sample 4: expected a finite embedding, found NaN or infinity");
}
