// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/profile.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"
#include "support/toy_general_model.hpp"

namespace {

using mll::node_id;
using mll::test::planted_head;
using mll::test::planted_model;

const std::vector<planted_model> models{
    {{0, 2}, {1, 2}, {2, 2}}, {{3, 2}, {4, 2}}, {{planted_head::nothing}, {5, 2}}};

struct fixture {
  mll::test::planted_task planted = mll::test::plant({9, 8, 7, 12, 6, 10}, models, 31);
  mll::test::small_dag graph = mll::test::named_graph(6);
  mll::model_labels labels = mll::test::named_labels(planted, models);
};

// x = log(p + .003) + log(heads of the model), from the stored responses: [rows, heads].
Eigen::MatrixXd responses_of(const mll::model_labels& labels) {
  Eigen::MatrixXd out(static_cast<Eigen::Index>(labels.samples().row_count()),
                      static_cast<Eigen::Index>(labels.head_count()));
  Eigen::Index column = 0;
  for (const auto& label : labels.models()) {
    for (Eigen::Index h = 0; h < label.responses.cols(); ++h, ++column) {
      for (Eigen::Index r = 0; r < out.rows(); ++r) {
        const double p =
            1 / (1 + std::exp(-static_cast<double>(mll::log_odds_8bit::log_odds(label.responses(r, h)))));
        out(r, column) = std::log(p + 0.003) + std::log(static_cast<double>(label.responses.cols()));
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the covariance is that within nodes, pooled") {
  const fixture f;
  const auto hub = mll::profile(mll::exec::sequential{}, f.labels, f.graph);
  Eigen::MatrixXd x = responses_of(f.labels);
  for (const node_id v : f.labels.samples().nodes()) {
    const auto range = f.labels.samples().rows(v);
    auto block = x.middleRows(static_cast<Eigen::Index>(range.first), static_cast<Eigen::Index>(range.count));
    const Eigen::RowVectorXd mean = block.colwise().mean();
    block.rowwise() -= mean;
  }
  const Eigen::MatrixXd expected = x.transpose() * x / static_cast<double>(x.rows() - 6);
  CHECK(hub.degrees_of_freedom == 52 - 6);
  REQUIRE(hub.covariance.rows() == 7);
  CHECK((hub.covariance.cast<double>() - expected).cwiseAbs().maxCoeff() < 1e-4);
  CHECK(hub.log_width[0] == doctest::Approx(std::log(3.0)));
  CHECK(hub.log_width[6] == doctest::Approx(std::log(2.0)));
}

TEST_CASE("heads named after a node without samples are expected to respond to it") {
  // Many models, so that the weights of names can be fitted; node 5 has no samples.
  std::vector<planted_model> many;
  for (std::size_t m = 0; m < 12; ++m)
    many.push_back({{m % 6, 3, -1, 0.5}, {(m + 1) % 6, 3, -1, 0.5}, {(m + 3) % 6, 3, -1, 0.5}});
  const auto planted = mll::test::plant({20, 20, 20, 20, 20, 0}, many, 32);
  const auto labels = mll::test::named_labels(planted, many);
  const auto graph = mll::test::named_graph(6);
  const auto hub = mll::profile(mll::exec::sequential{}, labels, graph);
  const Eigen::RowVectorXd expected = hub.expected_response(node_id{5U});
  double named = 0;
  double others = 0;
  for (std::size_t h = 0; h < hub.head_count(); ++h) {
    (hub.meanings[h].node == node_id{5U} ? named : others) +=
        expected[static_cast<Eigen::Index>(h)] / (hub.meanings[h].node == node_id{5U} ? 6 : 30);
  }
  CHECK(named > others + 1);
  // The planted truth: log-odds 2 for its own heads, -4 for the others.
  CHECK(std::abs(named - (std::log(0.88 + 0.003) + std::log(3.0))) < 0.6);
  CHECK(hub.expected_response(node_id{}) == hub.regressors.mean);
}

TEST_CASE("a general model is part of the profile, and must have been labelled on the same samples") {
  const fixture f;
  const auto rows = static_cast<Eigen::Index>(f.planted.truth.size());
  mll::random_engine engine{33};
  mll::general_model_labels general;
  general.embeddings.resize(rows, 6);
  for (Eigen::Index i = 0; i < general.embeddings.size(); ++i)
    general.embeddings.data()[i] = static_cast<float>(mll::test::uniform(engine, -0.2, 0.2));
  for (std::size_t r = 0; r < f.planted.truth.size(); ++r)
    general.embeddings(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(f.planted.truth[r])) += 1;
  general.node_texts = mll::matrix<float>::Identity(6, 6);
  const auto hub = mll::profile(mll::exec::sequential{}, f.labels, f.graph, {.general = &general});
  CHECK(hub.has_general());
  CHECK(hub.covariance.rows() == 7 + 6);
  const double of_heads = hub.covariance.diagonal().head(7).cast<double>().mean();
  const double of_embeddings = hub.covariance.diagonal().tail(6).cast<double>().mean();
  CHECK(of_embeddings == doctest::Approx(of_heads).epsilon(1e-3));
  // Texts tell where samples are.
  const Eigen::RowVectorXd text = Eigen::RowVectorXd::Unit(6, 2) - hub.general.text_mean;
  Eigen::Index nearest = 0;
  (hub.general.mean + text * hub.general.text_to_image).maxCoeff(&nearest);
  CHECK(nearest == 2);

  general.node_texts.resize(0, 0);
  CHECK_THROWS_WITH_AS(
      (void)mll::profile(mll::exec::sequential{}, f.labels, f.graph, {.general = &general}),
      "general: expected 52 embeddings of samples and 6 texts of nodes, of one dimension, found "
      "[52, 6] and [0, 0]",
      mll::invalid_argument);
}

TEST_CASE("labels without samples are refused") {
  const fixture f;
  CHECK_THROWS_WITH_AS(
      (void)mll::profile(mll::exec::sequential{}, mll::model_labels{f.labels.samples()}, f.graph),
      "labels: expected labels of at least one model, found none", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("profile is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const fixture f;
  const auto expected = mll::profile(mll::exec::sequential{}, f.labels, f.graph);
  const auto found = mll::profile(Backend{}, f.labels, f.graph);
  CHECK(found.covariance == expected.covariance);
  CHECK(found.regressors.coefficients == expected.regressors.coefficients);
  CHECK(found.expected_response(node_id{1U}) == expected.expected_response(node_id{1U}));
}

TEST_CASE(
    "labels and information content of another graph are refused; a profile records its graph, samples and "
    "heads") {
  fixture f;
  const mll::exec::sequential backend;
  const auto hub = mll::profile(backend, f.labels, f.graph);
  CHECK(hub.graph == f.graph.fingerprint());
  CHECK(hub.samples == f.labels.samples().fingerprint());
  CHECK(hub.names != 0);
  const auto other = mll::test::named_graph(7);
  const mll::information_content content{other};
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::profile(backend, f.labels, f.graph, {.matching = {.content = &content}})),
      "options.matching.content: expected the content of this graph, found that of another graph",
      mll::invalid_argument);
  mll::model_labels known{
      mll::sample_layout{{f.labels.samples().nodes().begin(), f.labels.samples().nodes().end()},
                         f.planted.counts,
                         f.graph.fingerprint()}};
  for (const auto& label : f.labels.models()) known.insert(label);
  CHECK(mll::profile(backend, known, f.graph).names == hub.names);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::profile(backend, known, other)),
      "labels: expected nodes of this graph, found nodes of another graph (its fingerprint differs)",
      mll::invalid_argument);
}
