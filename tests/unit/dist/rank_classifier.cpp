// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/rank_classifier.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/dist/communication_error.hpp"
#include "mll/dist/threads.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/model/detail/unit_rows.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/select.hpp"
#include "support/planted_labels.hpp"
#include "support/shares.hpp"
#include "support/toy_general_model.hpp"

namespace {

using mll::dist::threads;
using classifier = mll::dist::rank_classifier<std::size_t>;

// A hub with some of the models of another one.
mll::hub<std::size_t> only(const mll::hub<std::size_t>& all, const std::vector<mll::selected_model>& models) {
  mll::hub<std::size_t> out;
  for (const mll::selected_model& model : models) {
    if (model.id.valid()) out.add(model.name, all.model(*all.find(model.name)));
  }
  return out;
}

struct solved {
  mll::test::planted_task planted = mll::test::plant({12, 14, 10}, mll::test::mixed_hub(3, 5, 2, 1), 23);
  mll::model_labels labels = planted.labels();
  mll::hub<std::size_t> models = planted.models();
  mll::test::toy_general_model general =
      mll::test::general_model_for(planted.truth, 3, 0.2F, mll::test::random_noise(36, 3, 5));
  std::vector<std::size_t> samples = planted.rows();

  /// With a vote of the general model's head for each class, if asked for.
  [[nodiscard]] mll::selection choose(bool with_general) const {
    mll::select_options<> options;
    options.folds = 0;
    options.method.budget = mll::heads_per_class{4};
    auto out = mll::select(mll::exec::sequential{}, labels, planted.match, options);
    if (!with_general) return out;
    const mll::general_model_labels seen{mll::detail::unit_rows(general.samples, "sample"),
                                         mll::matrix<float>::Identity(3, 3)};
    const auto heads = mll::make_general_heads(general, seen, labels.samples(), planted.match);
    for (std::uint32_t y = 0; y < 3; ++y) {
      const auto head = static_cast<std::uint32_t>(out.ensemble.heads.size());
      out.ensemble.heads.push_back({mll::model_id{}, y});
      out.ensemble.votes[y].push_back({.head = head, .weight = 0.5F});
    }
    out.models.push_back({mll::model_id{}, "general model", {}});
    out.general_texts = heads.class_texts();
    out.general_scale = heads.scale();
    return out;
  }
};

}  // namespace

TEST_CASE("experts over ranks answer with the bits of one machine") {
  const solved f;
  for (const bool with_general : {false, true}) {
    const mll::selection chosen = f.choose(with_general);
    REQUIRE(chosen.models.size() >= 3);
    if (with_general) REQUIRE_FALSE(chosen.models.back().id.valid());
    const auto whole = with_general ? mll::zero_shot_classifier<std::size_t>{f.models, chosen, f.general}
                                    : mll::zero_shot_classifier<std::size_t>{f.models, chosen};
    mll::matrix<float> expected(36, 3);
    whole.predict(f.samples, expected);
    for (const std::size_t ranks : {1U, 2U, 3U, 7U, 16U}) {
      threads{ranks}.run([&](threads::member& comm) {
        std::vector<double> costs;
        for (std::size_t m = 0; m < chosen.models.size(); ++m)
          costs.push_back(static_cast<double>(mll::derive_seed(ranks, m) % 100));
        const auto mine = only(f.models, classifier::share(chosen, costs, comm.rank(), ranks));
        const classifier found = with_general ? classifier{comm, mine, chosen, f.general, costs}
                                              : classifier{comm, mine, chosen, costs};
        mll::matrix<float> scores(36, 3);
        found.predict(mll::exec::sequential{}, f.samples, scores);
        if (scores != expected) throw std::runtime_error{"other probabilities"};
        const auto answers = found.classify(mll::exec::sequential{}, f.samples, 0.5F);
        const auto wanted = whole.classify(mll::exec::sequential{}, f.samples, 0.5F);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          if (answers[i].answer != wanted[i].answer || answers[i].probability != wanted[i].probability)
            throw std::runtime_error{"another answer"};
        }
        if (!found.classify(mll::exec::sequential{}, {}).empty())
          throw std::runtime_error{"answers to nothing"};
      });
    }
  }
}

TEST_CASE("each model runs on one rank, by its cost") {
  const mll::selection chosen = solved{}.choose(false);
  std::vector<double> costs(chosen.models.size(), 1);
  costs[1] = 100;
  CHECK(classifier::share(chosen, costs, 0, 2).size() == 1);
  CHECK(classifier::share(chosen, costs, 0, 2)[0].id == chosen.models[1].id);
  CHECK(classifier::share(chosen, costs, 1, 2).size() == chosen.models.size() - 1);
  CHECK_THROWS_AS(static_cast<void>(classifier::share(chosen, std::vector<double>{1}, 0, 2)),
                  mll::invalid_argument);
}

TEST_CASE("a rank without its models stops the others") {
  const solved f;
  const mll::selection chosen = f.choose(false);
  std::vector<std::string> said(2);
  threads{2}.run([&](threads::member& comm) {
    try {
      const classifier found{comm, comm.rank() == 0 ? f.models : mll::hub<std::size_t>{}, chosen};
    } catch (const mll::error& problem) {
      said[comm.rank()] = problem.what();
    }
  });
  CHECK(said[1].find("models: expected model '") == 0);
  CHECK(said[0] == "rank 1: " + said[1]);
}
