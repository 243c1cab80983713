// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/detail/graph_regressors.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mll/graph/information_content.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::node_id;
using mll::detail::graph_regressors;

}  // namespace

TEST_CASE("regressors by name are the response of a softmax over the similarities") {
  const auto graph = mll::test::named_graph(4);
  const mll::information_content content{graph};
  graph_regressors regressors;
  regressors.first_head = {0, 2, 4};
  const std::vector<mll::head_meaning> meanings{{node_id{0U}, 1}, {node_id{2U}, 1}, {node_id{1U}, 1}, {}};
  const auto found = regressors.names(content, meanings, node_id{0U});
  const double far = mll::lin_similarity(content, node_id{2U}, node_id{0U});
  REQUIRE(far < 1);
  for (std::size_t k = 0; k < 3; ++k) {
    const double kappa = graph_regressors::name_sharpness[k];
    const double all = std::log(std::exp(kappa) + std::exp(kappa * far));
    const auto row = static_cast<Eigen::Index>(k);
    CHECK(found(row, 0) == doctest::Approx(kappa - all + std::log(2.0)));
    CHECK(found(row, 1) == doctest::Approx(kappa * far - all + std::log(2.0)));
    CHECK(found(row, 2) == 0);  // the other head of its model has no name
    CHECK(found(row, 3) == 0);
  }
  CHECK(found.row(3) == Eigen::RowVector4d{1, 0, 0, 0});
  CHECK(regressors.names(content, meanings, node_id{}).isZero());
}

TEST_CASE("a node with samples is not its own neighbour") {
  const auto graph = mll::test::named_graph(3);
  const mll::information_content content{graph};
  graph_regressors regressors;
  regressors.first_head = {0, 1};
  const std::vector<mll::head_meaning> meanings{{}};
  regressors.nodes = {node_id{0U}, node_id{1U}, node_id{2U}};
  regressors.deviations.resize(3, 1);
  regressors.deviations << 10, 1, 4;
  regressors.mean = Eigen::RowVectorXd::Constant(1, 7);
  regressors.centre.setZero(graph_regressors::by_name, 1);
  regressors.coefficients.fill(0);
  regressors.coefficients[4] = 2;
  const double to_birch = std::exp(6 * mll::lin_similarity(content, node_id{0U}, node_id{1U}));
  const double to_cedar = std::exp(6 * mll::lin_similarity(content, node_id{0U}, node_id{2U}));
  const double neighbours = (to_birch * 1 + to_cedar * 4) / (to_birch + to_cedar) - 2.5;
  CHECK(regressors.predict(content, meanings, node_id{0U})[0] == doctest::Approx(7 + 2 * neighbours));
}
