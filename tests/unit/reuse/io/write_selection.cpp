// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/io/write_selection.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/reuse/io/read_selection.hpp"
#include "mll/reuse/zero_shot_classifier.hpp"
#include "mll/select/select.hpp"
#include "support/planted_labels.hpp"
#include "support/small_selection.hpp"

TEST_CASE("a selection that was written and read predicts the same bits") {
  const auto planted = mll::test::plant({20, 25, 30}, mll::test::mixed_hub(3, 4, 4, 1), 402);
  auto chosen = mll::select(mll::exec::sequential{}, planted.labels(), planted.match);
  chosen.threshold = 0.9F;
  const mll::detail::temporary_folder folder;
  mll::write_selection(folder.path() / "task.mllsel", chosen);
  const auto read = mll::read_selection(folder.path() / "task.mllsel");
  CHECK(mll::detail::encode_selection(read) == mll::detail::encode_selection(chosen));

  const auto rows = planted.rows();
  const auto answers = [&](const mll::selection& from) {
    const mll::zero_shot_classifier<std::size_t> classifier{planted.models(), from};
    mll::matrix<float> out(static_cast<Eigen::Index>(rows.size()), 3);
    classifier.predict(std::span<const std::size_t>{rows}, out);
    return out;
  };
  CHECK(answers(read) == answers(chosen));

  // The threshold is part of the selection.
  const mll::zero_shot_classifier<std::size_t> classifier{planted.models(), read};
  for (const auto& each : classifier.classify(mll::exec::sequential{}, std::span<const std::size_t>{rows}))
    CHECK(each.answer.has_value() == (each.probability >= 0.9F));
}

TEST_CASE("a selection whose parts do not fit together is not written") {
  const auto refusal = [](const auto& change) {
    auto chosen = mll::test::small_selection();
    change(chosen);
    std::string found;
    try {
      (void)mll::detail::encode_selection(chosen);
    } catch (const mll::invalid_argument& thrown) {
      found = thrown.what();
    }
    return found;
  };
  CHECK(refusal([](mll::selection&) {}).empty());
  CHECK(refusal([](mll::selection& s) { s.ensemble.votes.pop_back(); }) ==
        "chosen: expected a selection whose parts fit together, found not one list of votes per class");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(refusal([](mll::selection& s) { s.match.classes.pop_back(); }).empty());
  CHECK_FALSE(
      refusal([](mll::selection& s) { s.match.classes[0].same_node_as = {mll::class_id{2U}}; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.threshold = 1.5F; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.ensemble.votes[0][0].head = 3; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.ensemble.votes[0][0].weight = -1; }).empty());
  CHECK_FALSE(refusal([&](mll::selection& s) { s.ensemble.votes[0][0].slope = nan; }).empty());
  CHECK_FALSE(refusal([&](mll::selection& s) { s.ensemble.temperature = nan; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.ensemble.heads[1] = s.ensemble.heads[0]; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.ensemble.heads[1].index = 2; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.ensemble.heads[2].index = 2; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.models.erase(s.models.begin()); }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { std::swap(s.models[0], s.models[1]); }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.ensemble.correction->weights.resize(2, 2); }).empty());
  CHECK_FALSE(refusal([&](mll::selection& s) { s.ensemble.correction->bias[0] = nan; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.general_texts.resize(2, 3); }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.general_texts.resize(1, 2); }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.reasons[0].rival = mll::class_id{}; }).empty());
  CHECK_FALSE(refusal([](mll::selection& s) { s.estimate->per_class.pop_back(); }).empty());
  CHECK_FALSE(refusal([&](mll::selection& s) { s.shift.spread[1] = static_cast<double>(nan); }).empty());

  const auto refusal_of = [&](const auto& change) {
    return refusal([&](mll::selection& s) {
      s.membership = mll::test::small_membership();
      change(*s.membership);
    });
  };
  CHECK(refusal_of([](mll::membership&) {}).empty());
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.heads = {2, 1}; }).empty());
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.heads = {1, 2}; }).empty());  // of the general model
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.heads = {0, 3}; }).empty());
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.heads.pop_back(); }).empty());
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.bias.resize(2); }).empty());
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.task_nodes = 0; }).empty());
  CHECK_FALSE(refusal_of([](mll::membership& m) { m.task_nodes = 3; }).empty());
  CHECK_FALSE(refusal_of([&](mll::membership& m) { m.weights(3, 2) = nan; }).empty());
  CHECK_FALSE(refusal_of([&](mll::membership& m) { m.bias[0] = nan; }).empty());
}
