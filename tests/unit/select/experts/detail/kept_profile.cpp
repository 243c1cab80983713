// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/detail/kept_profile.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"
#include "support/shares.hpp"

namespace {

const std::vector<mll::test::planted_model> kept_models{
    {{0, 2}, {1, 2}, {2, 2}}, {{3, 2}, {4, 2}}, {{mll::test::planted_head::nothing}, {5, 2}}};

/// Some rows of a planted task.
mll::test::planted_task kept_rows_of(const mll::test::planted_task& planted,
                                     const std::vector<std::size_t>& rows) {
  std::vector<std::size_t> counts(planted.counts.size(), 0);
  for (const std::size_t r : rows) ++counts[planted.truth[r]];
  std::vector<mll::matrix<float>> responses;
  for (const auto& all : planted.responses) {
    mll::matrix<float> some(static_cast<Eigen::Index>(rows.size()), all.cols());
    for (std::size_t i = 0; i < rows.size(); ++i)
      some.row(static_cast<Eigen::Index>(i)) = all.row(static_cast<Eigen::Index>(rows[i]));
    responses.push_back(some);
  }
  return mll::test::task_of_responses(counts, responses);
}

}  // namespace

TEST_CASE("a kept profile is the profile of the samples that are kept") {
  const auto planted = mll::test::plant({9, 8, 7, 12, 6, 10}, kept_models, 31);
  const auto graph = mll::test::named_graph(6);
  const auto labels = mll::test::named_labels(planted, kept_models);
  mll::random_engine engine{32};
  const auto random_rows = [&](Eigen::Index rows) {
    mll::matrix<float> out(rows, 4);
    for (Eigen::Index i = 0; i < out.size(); ++i)
      out.data()[i] = static_cast<float>(mll::test::uniform(engine, -1, 1));
    return mll::detail::unit_rows(out, "sample");
  };
  const mll::general_model_labels seen{random_rows(52), random_rows(6)};
  const auto hub = mll::profile(mll::exec::sequential{}, labels, graph, {.general = &seen});
  const mll::general_heads general{random_rows(6), seen.embeddings * seen.node_texts.transpose(), 4};
  const mll::task_evidence all{labels, planted.match, &general, &hub};

  // Without two samples of node 0, those of node 2, and five of node 3.
  std::vector<std::size_t> kept;
  for (std::size_t r = 0; r < 52; ++r) {
    const bool left_out = r == 1 || r == 8 || planted.truth[r] == 2 || (r >= 26 && r < 31);
    if (!left_out) kept.push_back(r);
  }
  const auto fewer = kept_rows_of(planted, kept);
  const auto fewer_labels = mll::test::named_labels(fewer, kept_models);
  mll::general_model_labels fewer_seen{mll::matrix<float>(static_cast<Eigen::Index>(kept.size()), 4),
                                       mll::matrix<float>(5, 4)};
  for (std::size_t i = 0; i < kept.size(); ++i)
    fewer_seen.embeddings.row(static_cast<Eigen::Index>(i)) =
        seen.embeddings.row(static_cast<Eigen::Index>(kept[i]));
  for (Eigen::Index v = 0; v < 5; ++v) fewer_seen.node_texts.row(v) = seen.node_texts.row(v < 2 ? v : v + 1);
  auto expected = mll::profile(mll::exec::sequential{}, fewer_labels, graph, {.general = &fewer_seen});
  expected.regressors.coefficients = hub.regressors.coefficients;  // kept from all nodes
  expected.regressors.centre = hub.regressors.centre;

  std::vector<std::uint32_t> positions{0, 1, 2, 3, 4, 5, 6};
  const auto part = all.subset(kept);
  CHECK(part.left_out().size() == 52 - kept.size());
  const mll::detail::kept_profile<> found{mll::exec::sequential{}, part, positions};
  CHECK(found.degrees_of_freedom() == expected.degrees_of_freedom);
  const Eigen::MatrixXd covariance = found.shrunk_covariance(0, 7, 0);
  CHECK((covariance - expected.covariance.topLeftCorner(7, 7).cast<double>()).cwiseAbs().maxCoeff() < 2e-3);
  const double ratio = static_cast<double>(hub.general.scale) / static_cast<double>(expected.general.scale);
  const Eigen::MatrixXd of_general = found.shrunk_covariance(7, 11, 0) / (ratio * ratio);
  CHECK((of_general - expected.covariance.bottomRightCorner(4, 4).cast<double>()).cwiseAbs().maxCoeff() <
        2e-3);
  for (std::size_t v = 0; v < 6; ++v) {
    const auto means = found.expected_response(mll::node_id{v});
    const auto wanted = expected.expected_response(mll::node_id{v});
    for (std::size_t h = 0; h < 7; ++h)
      CHECK(means[h] == doctest::Approx(wanted[static_cast<Eigen::Index>(h)]).epsilon(1e-3));
    const Eigen::RowVectorXf text = seen.node_texts.row(static_cast<Eigen::Index>(v));
    const auto embedding = found.expected_embedding({text.data(), 4});
    const Eigen::RowVectorXd embedding_wanted =
        expected.general.mean +
        (text.cast<double>() - expected.general.text_mean) * expected.general.text_to_image;
    for (Eigen::Index d = 0; d < 4; ++d) {
      CHECK(std::abs(embedding[static_cast<std::size_t>(d)] / static_cast<double>(hub.general.scale) -
                     embedding_wanted[d]) < 1e-4);
    }
  }

  const mll::detail::kept_profile<> whole{mll::exec::sequential{}, all, positions};
  CHECK((whole.shrunk_covariance(0, 7, 0) - hub.covariance.topLeftCorner(7, 7).cast<double>()).norm() == 0);
}

TEST_CASE("beside a factor of the covariance, what is left out is what the factor tells of it") {
  const auto planted = mll::test::plant({9, 8, 7, 12, 6, 10}, kept_models, 31);
  const auto graph = mll::test::named_graph(6);
  const auto labels = mll::test::named_labels(planted, kept_models);
  const mll::matrix<float> noise = mll::test::random_noise(58, 4, 35);
  const mll::general_model_labels seen{mll::detail::unit_rows<float>(noise.topRows(52), "sample"),
                                       mll::detail::unit_rows<float>(noise.bottomRows(6), "text")};
  const mll::general_heads general{mll::detail::unit_rows<float>(noise.bottomRows(6), "text"),
                                   seen.embeddings * seen.node_texts.transpose(), 4};
  std::vector<std::size_t> kept;
  for (std::size_t r = 0; r < 52; ++r) {
    const bool left_out = r == 1 || r == 8 || planted.truth[r] == 2 || (r >= 26 && r < 31);
    if (!left_out) kept.push_back(r);
  }
  const std::vector<std::uint32_t> positions{0, 1, 2, 3, 4, 5, 6};
  const mll::exec::sequential backend;
  const auto profile = [&](std::size_t rank) {
    return mll::profile(backend, labels, graph, {.general = &seen, .covariance_rank = rank});
  };
  const auto covariance = [&](const mll::hub_profile& hub) -> Eigen::MatrixXd {
    const mll::task_evidence all{labels, planted.match, &general, &hub};
    const auto part = all.subset(kept);
    return mll::detail::kept_profile<>{backend, part, positions}.shrunk_covariance(0, 11, 0);
  };
  const Eigen::MatrixXd expected = covariance(profile(0));
  CHECK((covariance(profile(11)) - expected).cwiseAbs().maxCoeff() < 1e-3 * expected.diagonal().mean());
  for (const std::size_t rank : {1U, 3U, 7U}) {
    CAPTURE(rank);
    const Eigen::MatrixXd found = covariance(profile(rank));
    CHECK(found.topLeftCorner(7, 7).selfadjointView<Eigen::Lower>().eigenvalues().minCoeff() >
          -1e-4 * expected.diagonal().mean());
    for (Eigen::Index i = 0; i < 11; ++i)  // variances are exact, but for what the factor tells beyond them
      CHECK(found(i, i) > expected(i, i) - 1e-4 * expected.diagonal().mean());
    CHECK((found - expected).bottomRightCorner(4, 4).cwiseAbs().maxCoeff() <
          1e-4 * expected.diagonal().mean());
  }
}

TEST_CASE_TEMPLATE("a kept profile is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({9, 8, 7, 12, 6, 10}, kept_models, 33);
  const auto labels = mll::test::named_labels(planted, kept_models);
  const auto hub = mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(6));
  const mll::task_evidence all{labels, planted.match, nullptr, &hub};
  const std::vector<std::size_t> kept{0, 3, 4, 10, 12, 20, 30, 31, 40, 41, 50};
  const auto part = all.subset(kept);
  const std::vector<std::uint32_t> positions{0, 1, 2, 5, 6};
  const mll::detail::kept_profile<> expected{mll::exec::sequential{}, part, positions};
  const mll::detail::kept_profile<> found{Backend{}, part, positions};
  CHECK(found.shrunk_covariance(0, 5, 0.1) == expected.shrunk_covariance(0, 5, 0.1));
  CHECK(found.expected_response(mll::node_id{1U}) == expected.expected_response(mll::node_id{1U}));
}
