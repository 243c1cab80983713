// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/evidence/class_means.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/numerics.hpp"
#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

using mll::test::planted_task;

// Four nodes with 5, 1, 8 and 3 samples; class 0 means nodes 0 and 2 (discounted), class 1 nodes 1 and 2,
// class 2 node 3.
struct tangled {
  planted_task planted = mll::test::plant({5, 1, 8, 3}, {{{0}, {1}, {2}}, {{3}}, {{}, {0}}}, 4);
  mll::model_labels labels = planted.labels();
  mll::task_match match = make_match();

  static mll::task_match make_match() {
    mll::task_match out = mll::test::planted_match(std::vector<std::size_t>{13, 9, 3});
    out.classes[0].evidence = {{mll::node_id{0}, 1}, {mll::node_id{2}, 0.49}};
    out.classes[1].evidence = {{mll::node_id{1}, 0.7}, {mll::node_id{2}, 0.343}};
    out.classes[2].evidence = {{mll::node_id{3}, 1}};
    return out;
  }
};

mll::matrix<float> random_unit_rows(Eigen::Index rows, Eigen::Index dim, mll::random_engine& engine) {
  mll::matrix<float> out(rows, dim);
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = static_cast<float>(mll::test::uniform(engine, -1, 1));
  out.rowwise().normalize();
  return out;
}

}  // namespace

TEST_CASE("the weights of a class sum to 1, with discounts and unequal counts") {
  const tangled given;
  const mll::task_evidence evidence{given.labels, given.match};
  REQUIRE(evidence.class_count() == 3);
  REQUIRE(evidence.rows().size() == 13 + 9 + 3);
  std::vector<double> total(3, 0);
  for (const auto& row : evidence.rows()) total[row.target.index()] += row.weight;
  for (const double sum : total) CHECK(sum == doctest::Approx(1));

  // The weight of a node is divided among its samples: 5 of 1 and 8 of 0.49 in class 0.
  for (const auto& row : evidence.rows()) {
    if (row.target != mll::class_id{0}) continue;
    const bool own = row.sample < 5;
    CHECK((own || (row.sample >= 6 && row.sample < 14)));
    CHECK(row.weight == doctest::Approx((own ? 1.0 / 5 : 0.49 / 8) / 1.49));
  }
}

TEST_CASE_TEMPLATE("log_odds are the decoded responses", Backend, MLL_TEST_BACKENDS) {
  const tangled given;
  const mll::task_evidence evidence{given.labels, given.match};
  const std::vector<std::uint32_t> positions{4, 0, 3, 0};
  const Eigen::ArrayXXf found = evidence.log_odds(Backend{}, positions);
  REQUIRE(found.rows() == 25);
  REQUIRE(found.cols() == 4);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const mll::head_id head = evidence.heads()[positions[i]];
    for (std::size_t r = 0; r < evidence.rows().size(); ++r) {
      const float p = given.planted.responses[head.model.index()](
          static_cast<Eigen::Index>(evidence.rows()[r].sample), static_cast<Eigen::Index>(head.index));
      CHECK(found(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(i)) ==
            mll::log_odds_8bit::log_odds(mll::log_odds_8bit::encode(p)));
    }
  }
}

TEST_CASE_TEMPLATE("class_means are the weighted means of the responses", Backend, MLL_TEST_BACKENDS) {
  const tangled given;
  mll::random_engine engine{6};
  const mll::matrix<float> cosines = random_unit_rows(17, 3, engine);
  const mll::general_heads general{random_unit_rows(3, 4, engine), cosines, 4};
  const mll::task_evidence evidence{given.labels, given.match, &general};
  const mll::matrix<float> means = mll::class_means(Backend{}, evidence);
  REQUIRE(means.rows() == 3);
  REQUIRE(means.cols() == 6 + 3);
  for (std::size_t p = 0; p < evidence.heads().size(); ++p) {
    std::vector<double> expected(3, 0);
    for (const auto& row : evidence.rows()) {
      const auto sample = static_cast<Eigen::Index>(row.sample);
      const mll::head_id head = evidence.heads()[p];
      const double response = evidence.is_general(p)
                                  ? mll::numerics::sigmoid(static_cast<double>(
                                        general.log_odds(sample, static_cast<Eigen::Index>(head.index))))
                                  : static_cast<double>(given.planted.responses[head.model.index()](
                                        sample, static_cast<Eigen::Index>(head.index)));
      expected[row.target.index()] += static_cast<double>(row.weight) * response;
    }
    for (std::size_t y = 0; y < 3; ++y) {
      CHECK(means(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(p)) ==
            doctest::Approx(expected[y]).epsilon(1e-5));
    }
  }
}

TEST_CASE("subset keeps the given rows and normalises their weights") {
  const tangled given;
  const mll::task_evidence evidence{given.labels, given.match};
  const std::vector<std::size_t> kept{0, 1, 7, 14, 20, 24};
  const auto part = evidence.subset(kept);
  REQUIRE(part.rows().size() == kept.size());
  std::vector<double> total(3, 0);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    CHECK(part.rows()[i].sample == evidence.rows()[kept[i]].sample);
    CHECK(part.rows()[i].target == evidence.rows()[kept[i]].target);
    total[part.rows()[i].target.index()] += part.rows()[i].weight;
  }
  for (const double sum : total) CHECK(sum == doctest::Approx(1));
  // Ratios within a class are unchanged.
  CHECK(part.rows()[2].weight / part.rows()[0].weight == doctest::Approx(0.49 / 8 * 5));
  CHECK(evidence.rows().size() == 25);
}

TEST_CASE(
    "a subset chooses the scale of general heads anew, and held-out samples have that of the training") {
  const auto planted = mll::test::plant({6, 6}, {{{0}, {1}}}, 5);
  const auto labels = planted.labels();
  mll::matrix<float> cosines = mll::matrix<float>::Zero(12, 2);
  for (Eigen::Index i = 0; i < 12; ++i) {
    const bool is_wrong = i == 5 || i == 11;
    cosines(i, (i < 6) != is_wrong ? 0 : 1) = 0.3F;
  }
  const mll::matrix<float> texts = mll::matrix<float>::Identity(2, 2);
  const auto heads = [&](float scale) {
    return mll::general_heads{texts, cosines, scale, labels.samples().fingerprint(), true};
  };
  const mll::task_evidence rows{labels, planted.match};
  const mll::general_heads general = heads(heads(1).best_scale(rows.rows()));
  CHECK(general.scale() < 16);  // two of twelve samples are wrong
  const mll::task_evidence evidence{labels, planted.match, &general};
  const std::vector<std::size_t> right{0, 1, 2, 3, 4, 6, 7, 8, 9, 10};
  const auto training = evidence.subset(right);
  CHECK(training.general()->scale() > 16);
  CHECK(evidence.held_out_of(training, std::vector<std::size_t>{5, 11}).general()->scale() ==
        training.general()->scale());
  CHECK(evidence.general()->scale() == general.scale());
}

TEST_CASE("heads are ordered by model and column, general heads last, and position inverts the order") {
  const tangled given;
  mll::random_engine engine{7};
  const mll::general_heads general{random_unit_rows(3, 4, engine), random_unit_rows(17, 3, engine), 1};
  const mll::task_evidence evidence{given.labels, given.match, &general};
  const auto heads = evidence.heads();
  REQUIRE(heads.size() == 9);
  CHECK(std::is_sorted(heads.begin(), heads.end()));
  for (std::size_t p = 0; p < heads.size(); ++p) {
    CHECK(evidence.position(heads[p]) == p);
    CHECK(evidence.is_general(p) == (p >= 6));
  }
  CHECK(evidence.position({mll::model_id{1}, 1}) == heads.size());
  CHECK(evidence.position({mll::model_id{9}, 0}) == heads.size());
  CHECK(evidence.model_width(0) == 3);
  CHECK(evidence.model_width(3) == 1);
  CHECK(evidence.model_width(5) == 2);
  CHECK(evidence.model_width(7) == 3);
  CHECK(evidence.names(4) == std::pair<std::string, std::string>{"model 2", "head 0"});
  CHECK(evidence.names(7) == std::pair<std::string, std::string>{"general model", "class 1"});
  CHECK(heads[8] == mll::head_id{mll::model_id{}, 2});
}

TEST_CASE("a hub without labels is rejected unless there are general heads") {
  const mll::model_labels none{mll::test::layout_of(std::vector<std::size_t>{2, 2})};
  const auto match = mll::test::planted_match(std::vector<std::size_t>{2, 2});
  CHECK_THROWS_WITH_AS((mll::task_evidence{none, match}),
                       "labels: expected labels of at least one model, found none", mll::invalid_argument);
  mll::random_engine engine{8};
  const mll::general_heads general{random_unit_rows(2, 4, engine), random_unit_rows(4, 2, engine), 1};
  const mll::task_evidence evidence{none, match, &general};
  CHECK(evidence.heads().size() == 2);
  CHECK(mll::class_means(mll::exec::sequential{}, evidence).cols() == 2);
}

TEST_CASE("the error lists every class without samples, with the reason") {
  const auto planted = mll::test::plant({3, 0, 3, 0}, {{{0}, {2}}}, 9);
  auto match = planted.match;
  match.classes[3] = {};  // no node
  const mll::model_labels labels = planted.labels();
  CHECK_THROWS_WITH_AS(
      (mll::task_evidence{labels, match}),
      "match: expected samples for every class, or a general model, found none for 'class 1' "
      "(no samples at its node or below it), 'class 3' (no node of the graph has this name)",
      mll::invalid_argument);
}

TEST_CASE("a class without samples has mean responses of 0 if there are general heads") {
  const auto planted = mll::test::plant({3, 0, 3}, {{{0}, {2}}}, 10);
  const mll::model_labels labels = planted.labels();
  mll::random_engine engine{11};
  const mll::general_heads general{random_unit_rows(3, 4, engine), random_unit_rows(6, 3, engine), 1};
  const mll::task_evidence evidence{labels, planted.match, &general};
  CHECK(evidence.rows().size() == 6);
  const auto means = mll::class_means(mll::exec::sequential{}, evidence);
  CHECK(means.row(1).cwiseAbs().maxCoeff() == 0);
  CHECK(means.row(0).minCoeff() > 0);
}
