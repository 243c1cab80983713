// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/adapt.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "mll/reuse/estimate_on_batch.hpp"
#include "mll/reuse/zero_shot_classifier.hpp"
#include "mll/select/select.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::test::planted_model;

/// Experts of two worlds: on representation samples the first three are right and the others know nothing;
/// elsewhere the others are right, and each of the first three takes every class for another one.
struct two_worlds {
  static std::vector<planted_model> models(bool elsewhere) {
    std::vector<planted_model> out;
    for (std::size_t m = 0; m < 6; ++m) {
      const bool is_right = (m < 3) != elsewhere;
      const double strength = is_right ? 2.5 : elsewhere ? 2 : 0;
      planted_model model;
      for (std::size_t y = 0; y < 4; ++y) model.push_back({is_right ? y : (y + 1 + m % 3) % 4, strength});
      out.push_back(model);
    }
    return out;
  }
  mll::test::planted_task home = mll::test::plant({40, 40, 40, 40}, models(false), 81);
  mll::test::planted_task elsewhere = mll::test::plant({60, 60, 60, 60}, models(true), 82);
  mll::model_labels labels =
      mll::test::named_labels(home, std::vector<planted_model>(6, planted_model{{0}, {1}, {2}, {3}}));
  mll::hub_profile hub = mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(4));
  mll::selection chosen = mll::select(mll::exec::sequential{}, labels, home.match,
                                      {.method = {.budget = mll::experts{6}}, .profile = &hub});

  static double accuracy(const mll::selection& of, const mll::test::planted_task& task) {
    return mll::test::macro_accuracy_of(mll::combine(of.ensemble, mll::test::log_odds_of(task, of.ensemble)),
                                        task.truth);
  }
};

}  // namespace

TEST_CASE(
    "a batch from elsewhere changes the weights of the experts, a batch like the representation samples does "
    "not") {
  const two_worlds f;
  const mll::batch_responses home{mll::test::log_odds_of(f.home, f.chosen.ensemble)};
  const auto at_home = mll::adapt(f.chosen, home);
  CHECK(two_worlds::accuracy(at_home, f.home) == two_worlds::accuracy(f.chosen, f.home));
  for (std::size_t y = 0; y < 4; ++y)
    CHECK(at_home.ensemble.votes[y].size() == f.chosen.ensemble.votes[y].size());

  const mll::batch_responses batch{mll::test::log_odds_of(f.elsewhere, f.chosen.ensemble)};
  const auto adapted = mll::adapt(f.chosen, batch);
  const double before = two_worlds::accuracy(f.chosen, f.elsewhere);
  const double after = two_worlds::accuracy(adapted, f.elsewhere);
  CHECK(before < 0.9);
  CHECK(after > before + 0.05);
  CHECK(adapted.ensemble.heads == f.chosen.ensemble.heads);
  CHECK(adapted.estimate->accuracy == f.chosen.estimate->accuracy);
  // Adapting twice gives the same.
  const auto again = mll::adapt(f.chosen, batch);
  CHECK(mll::combine(again.ensemble, batch.log_odds) == mll::combine(adapted.ensemble, batch.log_odds));
  // The estimate reflects where the batch is from.
  const auto seen = mll::estimate_on_batch(f.chosen, batch);
  CHECK(seen.accuracy < f.chosen.estimate->accuracy - 0.1);
}

TEST_CASE("a selection without an estimate is not adapted, and an empty batch is refused") {
  const two_worlds f;
  auto without = f.chosen;
  without.estimate.reset();
  const mll::batch_responses batch{mll::test::log_odds_of(f.elsewhere, f.chosen.ensemble)};
  CHECK(mll::combine(mll::adapt(without, batch).ensemble, batch.log_odds) ==
        mll::combine(without.ensemble, batch.log_odds));
  const auto heads = static_cast<Eigen::Index>(f.chosen.ensemble.heads.size());
  CHECK_THROWS_WITH_AS((void)mll::adapt(f.chosen, {Eigen::ArrayXXf(0, heads)}),
                       "batch: expected at least 1 sample, found 0", mll::invalid_argument);
}

TEST_CASE("an adapted classifier does not depend on the original") {
  const two_worlds f;
  mll::hub<std::size_t> models;
  for (std::size_t m = 0; m < 6; ++m) {
    const auto& label = *f.labels.find(mll::model_id{m});
    models.add(label.name, mll::precomputed_scores{label.heads, f.elsewhere.responses[m]});
  }
  const mll::zero_shot_classifier<std::size_t> classifier{models, f.chosen};
  const std::vector<std::size_t> samples = f.elsewhere.rows();
  const auto adapted = classifier.adapt(mll::exec::sequential{}, samples);
  mll::matrix<float> before(240, 4);
  mll::matrix<float> after(240, 4);
  mll::matrix<float> one(1, 4);
  classifier.predict(samples, before);
  adapted.predict(samples, after);
  adapted.predict({&samples[17], 1}, one);
  CHECK(before != after);
  CHECK(one.row(0) == after.row(17));  // never per sample
  CHECK(classifier.respond(mll::exec::sequential{}, samples).log_odds.rows() == 240);
}
