// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/device_algebra.cuh"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "../../../benchmarks/support/thread_backend.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/profile.hpp"
#include "mll/profile/update_profile.hpp"
#include "mll/select/device_hub.cuh"
#include "mll/select/select.hpp"
#include "support/device_test.hpp"
#include "support/planted_names.hpp"

namespace {

const mll::benchmark::thread_backend host;

mll::matrix<float> random_rows(std::size_t rows, std::size_t columns, unsigned seed) {
  mll::matrix<float> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  std::mt19937 engine{seed};
  std::normal_distribution<float> normal;
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = normal(engine);
  return out;
}

struct named_hub {
  mll::test::planted_task planted;
  mll::test::small_dag graph;
  mll::model_labels labels;
};

/// 24 models of 2 to 5 heads for 12 classes.
named_hub hub_of_24() {
  std::vector<mll::test::planted_model> models;
  for (std::size_t m = 0; m < 24; ++m) {
    mll::test::planted_model model;
    for (std::size_t h = 0; h < 2 + m % 4; ++h)
      model.push_back({(m + 3 * h) % 12, 0.4 + 0.1 * static_cast<double>(m % 9)});
    models.push_back(model);
  }
  auto planted = mll::test::plant(std::vector<std::size_t>(12, 20), models, 17);
  auto graph = mll::test::named_graph(12);
  auto labels = mll::test::named_labels(planted, models);
  return {std::move(planted), std::move(graph), std::move(labels)};
}

bool has_same_heads(const mll::ensemble& a, const mll::ensemble& b) {
  return std::equal(a.heads.begin(), a.heads.end(), b.heads.begin(), b.heads.end(),
                    [](mll::head_id x, mll::head_id y) { return (x <=> y) == 0; });
}

}  // namespace

MLL_DEVICE_TEST(device_covariance, "a covariance on a device is that of the host") {
  const mll::device_algebra algebra{mll::exec::cuda{}};
  for (const auto& [rows, columns] :
       {std::pair<std::size_t, std::size_t>{1, 1}, {3, 70}, {500, 33}, {900, 700}}) {
    const auto x = random_rows(rows, columns, 5);
    const auto expected = mll::detail::host_algebra{}.scatter(host, x, 7);
    const auto found = algebra.scatter(host, x, 7);
    MLL_DEVICE_CHECK(found.rows() == expected.rows() && found.cols() == expected.cols());
    bool is_near = true;
    bool is_symmetric = true;
    for (Eigen::Index i = 0; i < found.rows(); ++i) {
      for (Eigen::Index j = 0; j < found.cols(); ++j) {
        const float deviations = std::sqrt(expected(i, i) * expected(j, j));
        is_near = is_near && std::abs(found(i, j) - expected(i, j)) <= 1e-5F * deviations;
        is_symmetric = is_symmetric && found(i, j) == found(j, i);
      }
    }
    MLL_DEVICE_CHECK(is_near);
    MLL_DEVICE_CHECK(is_symmetric);
    const auto again = algebra.scatter(host, x, 7);
    MLL_DEVICE_CHECK(std::equal(found.data(), found.data() + found.size(), again.data()));
  }
  MLL_DEVICE_CHECK(algebra.scatter(host, mll::matrix<float>(4, 0), 1).size() == 0);
}

MLL_DEVICE_TEST(device_cross_covariance,
                "a product of some columns with all on a device is that of the host") {
  const mll::device_algebra algebra{mll::exec::cuda{}};
  const auto x = random_rows(900, 700, 5);
  const auto whole = mll::detail::host_algebra{}.scatter(host, x, 7);
  for (const std::size_t columns : {std::size_t{1}, std::size_t{33}, std::size_t{700}}) {
    mll::matrix<float> left(x.rows(), static_cast<Eigen::Index>(columns));
    for (Eigen::Index r = 0; r < left.rows(); ++r)
      for (Eigen::Index i = 0; i < left.cols(); ++i) left(r, i) = x(r, x.cols() - 1 - i);
    const auto found = algebra.cross_scatter(host, left, x, 7);
    MLL_DEVICE_CHECK(found.rows() == left.cols() && found.cols() == x.cols());
    bool is_near = true;
    for (Eigen::Index i = 0; i < found.rows(); ++i) {
      const Eigen::Index at = x.cols() - 1 - i;
      for (Eigen::Index j = 0; j < found.cols(); ++j) {
        const float deviations = std::sqrt(whole(at, at) * whole(j, j));
        is_near = is_near && std::abs(found(i, j) - whole(at, j)) <= 1e-5F * deviations;
      }
    }
    MLL_DEVICE_CHECK(is_near);
  }
  MLL_DEVICE_CHECK(algebra.cross_scatter(host, mll::matrix<float>(4, 0), random_rows(4, 2, 1), 1).size() ==
                   0);
}

MLL_DEVICE_TEST(updated_on_a_device, "a profile updated on a device chooses what one made anew chooses") {
  const auto [planted, graph, labels] = hub_of_24();
  auto fewer = labels;
  fewer.erase(mll::model_id{7U});
  mll::profile_options options;
  options.algebra = std::make_shared<const mll::device_algebra>(mll::exec::cuda{});
  const mll::hub_profile anew = mll::profile(host, labels, graph, options);
  const mll::profile_update updated =
      mll::update_profile(host, mll::profile(host, fewer, graph, options), labels, graph, options);
  MLL_DEVICE_CHECK(updated.made == 1);
  float difference = 0;
  for (Eigen::Index i = 0; i < anew.covariance.rows(); ++i) {
    for (Eigen::Index j = 0; j < anew.covariance.cols(); ++j) {
      difference = std::max(difference, std::abs(updated.profile.covariance(i, j) - anew.covariance(i, j)) /
                                            std::sqrt(anew.covariance(i, i) * anew.covariance(j, j)));
    }
  }
  MLL_DEVICE_CHECK(difference <= 1e-5F);
  const mll::chco<> method{.budget = mll::experts{6}};
  const auto expected = mll::select(host, labels, planted.match, {.method = method, .profile = &anew});
  const auto found =
      mll::select(host, labels, planted.match, {.method = method, .profile = &updated.profile});
  MLL_DEVICE_CHECK(has_same_heads(found.ensemble, expected.ensemble));
  MLL_DEVICE_CHECK(std::abs(found.estimate->accuracy - expected.estimate->accuracy) < 0.005);
}

MLL_DEVICE_TEST(device_equations, "equations on a device are solved as on the host") {
  const mll::device_algebra algebra{mll::exec::cuda{}};
  for (const auto& [size, sides] : {std::pair<std::size_t, std::size_t>{1, 1}, {40, 3}, {600, 20}}) {
    const auto x = random_rows(2 * size, size, 9);
    const Eigen::MatrixXd a = mll::detail::host_algebra{}.scatter(host, x, 1).cast<double>();
    Eigen::MatrixXd found = random_rows(size, sides, 11).cast<double>();
    Eigen::MatrixXd expected = found;
    mll::detail::host_algebra{}.solve(a, expected);
    algebra.solve(a, found);
    double error = 0;
    double largest = 0;
    for (Eigen::Index i = 0; i < found.size(); ++i) {
      error = std::max(error, std::abs(found.data()[i] - expected.data()[i]));
      largest = std::max(largest, std::abs(expected.data()[i]));
    }
    MLL_DEVICE_CHECK(error <= 1e-9 * largest);
  }
  Eigen::MatrixXd none(0, 0);
  algebra.solve(Eigen::MatrixXd(0, 0), none);
  MLL_DEVICE_CHECK(none.size() == 0);
}

MLL_DEVICE_TEST(indefinite_matrix, "a matrix that is not positive definite is an error that says so") {
  const mll::device_algebra algebra{mll::exec::cuda{}};
  Eigen::MatrixXd a(2, 2);
  a(0, 0) = a(1, 1) = 1;
  a(0, 1) = a(1, 0) = 2;
  Eigen::MatrixXd b(2, 1);
  b(0, 0) = b(1, 0) = 1;
  std::string message;
  try {
    algebra.solve(a, b);
  } catch (const mll::device_error& error) {
    message = error.what();
  }
  MLL_DEVICE_CHECK(message.find("equations of 2 unknowns") != std::string::npos);
  MLL_DEVICE_CHECK(message.find("not positive definite") != std::string::npos);
}

MLL_DEVICE_TEST(experts_on_a_device, "a budget of experts chooses on a device what it chooses on the host") {
  const auto [planted, graph, labels] = hub_of_24();
  const mll::exec::cuda device;
  mll::profile_options options;
  const mll::hub_profile of_host = mll::profile(host, labels, graph, options);
  options.algebra = std::make_shared<const mll::device_algebra>(device);
  const mll::hub_profile of_device = mll::profile(host, labels, graph, options);
  const mll::device_hub hub{device, labels, host};
  const mll::chco<> method{.budget = mll::experts{6}};
  const mll::selection expected =
      mll::select(host, labels, planted.match, {.method = method, .profile = &of_host});
  const mll::selection found =
      mll::select(device, hub, planted.match, {.method = method, .profile = &of_device});
  MLL_DEVICE_CHECK(has_same_heads(found.ensemble, expected.ensemble));
  MLL_DEVICE_CHECK(std::abs(found.ensemble.temperature - expected.ensemble.temperature) < 1e-3F);
  MLL_DEVICE_CHECK(std::abs(found.estimate->accuracy - expected.estimate->accuracy) < 0.005);
  float error = 0;
  const auto& weights = expected.ensemble.correction->weights;
  for (Eigen::Index i = 0; i < weights.size(); ++i)
    error = std::max(error, std::abs(found.ensemble.correction->weights.data()[i] - weights.data()[i]));
  MLL_DEVICE_CHECK(error < 1e-3F);
}
