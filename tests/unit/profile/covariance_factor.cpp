// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/covariance_factor.hpp"

#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/detail/profile_bytes.hpp"
#include "mll/profile/profile.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "support/backends.hpp"
#include "support/named_hub.hpp"
#include "support/shares.hpp"

namespace {

/// Six models of 3 to 12 heads, and a general model of 5 dimensions; without it, 42 dimensions.
struct factored_hub : mll::test::named_hub {
  factored_hub() : named_hub{planted_models(), {19, 18, 27, 12, 16, 20}, 71} {}

  static std::vector<mll::test::planted_model> planted_models() {
    std::vector<mll::test::planted_model> out;
    for (const std::size_t width : {3U, 12U, 5U, 9U, 4U, 9U}) {
      mll::test::planted_model model;
      for (std::size_t h = 0; h < width; ++h)
        model.push_back({(out.size() + h) % 6, 0.5 + 0.2 * static_cast<double>(h)});
      out.push_back(std::move(model));
    }
    return out;
  }
  [[nodiscard]] mll::hub_profile profile(std::size_t rank, bool has_general = true) const {
    return mll::profile(mll::exec::sequential{}, labels, graph,
                        {.general = has_general ? &general : nullptr, .covariance_rank = rank});
  }
};

Eigen::MatrixXd whole_of(const mll::hub_profile& profile) {
  std::vector<std::uint32_t> all(profile.head_count() +
                                 static_cast<std::size_t>(profile.general.embeddings.cols()));
  std::iota(all.begin(), all.end(), 0U);
  return profile.covariance_of(all);
}

}  // namespace

TEST_CASE("a factor of full rank is the whole covariance") {
  const factored_hub hub;
  for (const bool has_general : {false, true}) {
    const mll::hub_profile whole = hub.profile(0, has_general);
    const mll::hub_profile found = hub.profile(1000, has_general);
    CHECK(whole.factor.empty());
    CHECK_FALSE(found.factor.empty());
    CHECK(found.covariance.size() == 0);
    CHECK(found.factor.loadings.cols() == (has_general ? 47 : 42));
    CHECK(found.general.scale == whole.general.scale);
    // Rounded responses decide the basis: an error of second order.
    const Eigen::MatrixXd expected = whole.covariance.cast<double>();
    CHECK((whole_of(found) - expected).cwiseAbs().maxCoeff() < 1e-4 * expected.diagonal().mean());
    CHECK(found.regressors.coefficients == whole.regressors.coefficients);
  }
}

TEST_CASE("samples limit the rank of a factor") {
  const std::vector<mll::test::planted_model> models = factored_hub::planted_models();
  const auto planted = mll::test::plant({4, 3, 5}, models, 74);
  const auto labels = mll::test::named_labels(planted, models);
  const auto graph = mll::test::named_graph(6);
  const mll::exec::sequential backend;
  const auto found = mll::profile(backend, labels, graph, {.covariance_rank = 40});
  CHECK(found.factor.loadings.cols() == 9);  // 12 samples of 3 nodes
  const Eigen::MatrixXd expected = mll::profile(backend, labels, graph).covariance.cast<double>();
  CHECK((whole_of(found) - expected).cwiseAbs().maxCoeff() < 1e-4 * expected.diagonal().mean());

  // One sample per node tells of no variance at all.
  const auto single = mll::test::named_labels(mll::test::plant({1, 1, 1}, models, 75), models);
  CHECK(mll::profile(backend, single, graph, {.covariance_rank = 40}).factor.loadings.cols() == 0);
}

TEST_CASE("a factor of lower rank has exact variances, and loses little more than the best one must") {
  const factored_hub hub;
  const mll::hub_profile whole = hub.profile(0);
  const Eigen::MatrixXd expected = whole.covariance.cast<double>();
  const Eigen::VectorXd spectrum = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{expected}.eigenvalues();
  for (const std::size_t rank : {1U, 4U, 12U, 30U}) {
    CAPTURE(rank);
    const mll::hub_profile found = hub.profile(rank);
    const Eigen::MatrixXd covariance = whole_of(found);
    CHECK(covariance == covariance.transpose());
    CHECK((covariance - expected).diagonal().cwiseAbs().maxCoeff() < 1e-5 * expected.diagonal().mean());
    CHECK((covariance - expected).bottomRightCorner(5, 5).cwiseAbs().maxCoeff() <
          1e-5 * expected.diagonal().mean());
    CHECK(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{covariance}.eigenvalues()[0] >
          -1e-5 * expected.diagonal().mean());
    // What a factor leaves out of the trace is at least the sum of the smallest eigenvalues (Eckart, Young).
    const Eigen::MatrixXd loadings = found.factor.loadings.cast<double>();
    const double left_out = (expected - loadings * loadings.transpose()).trace();
    const double least = spectrum.head(expected.rows() - static_cast<Eigen::Index>(rank)).sum();
    CHECK(left_out > least - 1e-4 * expected.trace());
    CHECK(left_out < 1.2 * least + 1e-4 * expected.trace());
  }
}

TEST_CASE("the covariance of some dimensions is that part of the whole") {
  const factored_hub hub;
  for (const std::size_t rank : {0U, 12U}) {
    const mll::hub_profile profile = hub.profile(rank);
    const Eigen::MatrixXd all = whole_of(profile);
    const std::vector<std::uint32_t> some{44, 3, 41, 46, 0};
    const Eigen::MatrixXd found = profile.covariance_of(some);
    double difference = 0;
    for (Eigen::Index i = 0; i < 5; ++i) {
      for (Eigen::Index j = 0; j < 5; ++j) {
        difference = std::max(difference, std::abs(found(i, j) - all(some[static_cast<std::size_t>(i)],
                                                                     some[static_cast<std::size_t>(j)])));
      }
    }
    CHECK(difference < 1e-12);
  }
}

TEST_CASE("heads that always respond alike, or never change, have a factor, too") {
  factored_hub hub;
  for (auto& responses : hub.planted.responses) responses.setConstant(0.5F);
  hub.labels = mll::test::named_labels(hub.planted, hub.models);
  const mll::hub_profile constant = hub.profile(7, false);
  CHECK(whole_of(constant).isZero());
  hub.planted.responses[1] = factored_hub{}.planted.responses[1];
  hub.planted.responses[1].col(3) = hub.planted.responses[1].col(2);
  hub.labels = mll::test::named_labels(hub.planted, hub.models);
  const Eigen::MatrixXd expected = hub.profile(0, false).covariance.cast<double>();
  CHECK((whole_of(hub.profile(12, false)) - expected).cwiseAbs().maxCoeff() <
        1e-4 * expected.diagonal().maxCoeff());
}

TEST_CASE_TEMPLATE("a factor is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const factored_hub hub;
  const auto found =
      mll::profile(Backend{}, hub.labels, hub.graph, {.general = &hub.general, .covariance_rank = 12});
  CHECK(mll::detail::encode_profile(found) == mll::detail::encode_profile(hub.profile(12)));
}

TEST_CASE("a factor is read as it was written; where its parts do not fit together, it is refused") {
  const factored_hub hub;
  const auto content = std::make_shared<const mll::information_content>(hub.graph);
  const auto decode = [&](const mll::hub_profile& profile) {
    return mll::detail::decode_profile(
        mll::detail::file_bytes::of(mll::detail::encode_profile(profile), "hub.mllpro"), content);
  };
  const mll::hub_profile made = hub.profile(6);
  const std::string bytes = mll::detail::encode_profile(made);
  CHECK(mll::detail::encode_profile(decode(made)) == bytes);
  CHECK(bytes.find("COVA") == std::string::npos);
  const std::size_t section = bytes.find("FACT");
  REQUIRE(section != std::string::npos);
  CHECK(bytes[section + 4] == '\1');  // an earlier version of the library must not skip it
  const auto refused = [&](const mll::hub_profile& damaged) {
    CHECK_THROWS_WITH_AS(static_cast<void>(decode(damaged)),
                         "hub.mllpro: expected a profile whose parts fit together, found a factor of a "
                         "covariance of another size",
                         mll::parse_error);
  };
  auto damaged = made;
  damaged.factor.loadings.resize(3, 6);
  refused(damaged);
  damaged = made;
  damaged.factor.variances.pop_back();
  refused(damaged);
  damaged = made;
  damaged.factor.coordinates.resize(112, 5);
  refused(damaged);
  damaged = made;
  damaged.factor.coordinates.resize(111, 6);
  refused(damaged);
  damaged = made;
  damaged.factor.of_embeddings.resize(4, 4);
  refused(damaged);
}

TEST_CASE("a factor belongs to the samples that it was made of") {
  const factored_hub hub;
  const auto profile = hub.profile(6, false);
  CHECK_NOTHROW(static_cast<void>(mll::task_evidence{hub.labels, hub.planted.match, nullptr, &profile}));
  auto other = profile;
  other.factor.coordinates.resize(100, 6);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::task_evidence{hub.labels, hub.planted.match, nullptr, &other}),
      "profile: expected a profile on the samples of the labels, found a profile on other samples",
      mll::invalid_argument);
}
