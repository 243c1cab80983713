// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/head_relevance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::test::planted_head;
using mll::test::planted_model;

// The gain from its definition, pair by pair on the stored responses.
double gain_by_pairs(const mll::task_evidence& evidence, std::uint32_t head, std::size_t y) {
  const std::vector<std::uint32_t> position{head};
  const Eigen::ArrayXXf answers = evidence.log_odds(mll::exec::sequential{}, position);
  double area = 0;
  double total = 0;
  for (std::size_t i = 0; i < evidence.rows().size(); ++i) {
    if (evidence.rows()[i].target.index() != y) continue;
    for (std::size_t j = 0; j < evidence.rows().size(); ++j) {
      if (evidence.rows()[j].target.index() == y) continue;
      const double weight =
          static_cast<double>(evidence.rows()[i].weight) * static_cast<double>(evidence.rows()[j].weight);
      const float lead = answers(static_cast<Eigen::Index>(i), 0) - answers(static_cast<Eigen::Index>(j), 0);
      area += weight * (lead > 0 ? 1 : lead == 0 ? 0.5 : 0);
      total += weight;
    }
  }
  return std::max(0.0, 2 * area / total - 1);
}

}  // namespace

TEST_CASE("without names the relevance is the square of the gain") {
  const auto planted = mll::test::plant({7, 12, 9}, mll::test::mixed_hub(3, 2, 2, 1), 5);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto relevance = mll::head_relevance(mll::exec::sequential{}, evidence);
  REQUIRE(relevance.rows() == 3);
  REQUIRE(relevance.cols() == 12);
  for (std::uint32_t h = 0; h < 12; ++h) {
    for (std::size_t y = 0; y < 3; ++y) {
      const double gain = gain_by_pairs(evidence, h, y);
      CHECK(relevance(static_cast<Eigen::Index>(y), h) == doctest::Approx(gain * gain).epsilon(1e-5));
    }
  }
}

TEST_CASE("a perfect head has relevance 1, a constant and a reversed head 0") {
  mll::matrix<float> responses(6, 3);
  for (Eigen::Index r = 0; r < 6; ++r) responses.row(r) << (r < 3 ? 0.9F : 0.1F), 0.4F, (r < 3 ? 0.1F : 0.9F);
  const auto planted = mll::test::task_of_responses({3, 3}, {responses});
  const auto labels = planted.labels();
  const auto relevance =
      mll::head_relevance(mll::exec::sequential{}, mll::task_evidence{labels, planted.match});
  CHECK(relevance(0, 0) == doctest::Approx(1));
  CHECK(relevance(0, 1) < 1e-9F);
  CHECK(relevance(0, 2) < 1e-9F);
  CHECK(relevance(1, 2) == doctest::Approx(1));
}

TEST_CASE("names add to the relevance, and decide where samples are borrowed") {
  const std::vector<planted_model> models{{{0}, {1}}, {{planted_head::nothing}, {planted_head::nothing}}};
  auto planted = mll::test::plant({10, 10}, models, 6);
  const auto graph = mll::test::named_graph(2);
  const auto labels = mll::test::named_labels(planted, models);
  const auto hub = mll::profile(mll::exec::sequential{}, labels, graph);
  const auto with = [&](const mll::relevance_options& options) {
    return mll::head_relevance(mll::exec::sequential{},
                               mll::task_evidence{labels, planted.match, nullptr, &hub}, options);
  };
  const auto bare = mll::head_relevance(mll::exec::sequential{}, mll::task_evidence{labels, planted.match});
  const auto named = with({});
  const float gain = std::sqrt(bare(0, 0));
  CHECK(named(0, 0) == doctest::Approx(gain * gain + 3 * std::max(gain, 0.3F)).epsilon(1e-5));
  CHECK(named(0, 1) == bare(0, 1));
  CHECK(named(0, 2) == bare(0, 2));
  CHECK(with({.name_weight = 0})(0, 0) == bare(0, 0));

  planted.match.classes[0].coverage = mll::coverage::neighbour_samples;
  const auto borrowed = with({});
  CHECK(borrowed(0, 0) ==
        doctest::Approx(0.05F * gain * gain + 3 * std::max(0.05F * gain, 0.3F)).epsilon(1e-5));
  CHECK(borrowed(1, 1) == named(1, 1));
}

TEST_CASE_TEMPLATE("head_relevance is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({7, 12, 9}, mll::test::mixed_hub(3, 4, 4, 1), 7);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  CHECK(mll::head_relevance(Backend{}, evidence) == mll::head_relevance(mll::exec::sequential{}, evidence));
}
