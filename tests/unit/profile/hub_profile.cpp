// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/hub_profile.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::node_id;

mll::hub_profile hub() {
  const std::vector<mll::test::planted_model> models{{{0}, {1}}, {{2}, {mll::test::planted_head::nothing}}};
  const auto planted = mll::test::plant({5, 5, 5}, models, 41);
  return mll::profile(mll::exec::sequential{}, mll::test::named_labels(planted, models),
                      mll::test::named_graph(3));
}

}  // namespace

TEST_CASE("a name matches its node and its ancestors, less with every edge") {
  const auto profile = hub();  // alder and cedar are trees (node 4), birch is not; all are flora (node 3)
  CHECK(profile.name_match(0, node_id{0U}) == 1);
  CHECK(profile.name_match(0, node_id{4U}) == doctest::Approx(0.8));
  CHECK(profile.name_match(0, node_id{3U}) == doctest::Approx(0.64));
  CHECK(profile.name_match(1, node_id{3U}) == doctest::Approx(0.8));
  CHECK(profile.name_match(1, node_id{4U}) == 0);
  CHECK(profile.name_match(0, node_id{1U}) == 0);
  CHECK(profile.name_match(3, node_id{2U}) == 0);  // no name
  CHECK(profile.name_match(0, node_id{}) == 0);
}

TEST_CASE("the shrunken covariance is a mixture with a multiple of the identity") {
  const auto profile = hub();
  const std::vector<std::uint32_t> some{2, 0};
  const Eigen::MatrixXd shrunk = profile.shrunk_covariance(some);
  const double share = std::min(0.9, 1.2 * std::sqrt(2.0 / 12.0));
  const double spread =
      (static_cast<double>(profile.covariance(2, 2)) + static_cast<double>(profile.covariance(0, 0))) / 2;
  CHECK(shrunk(0, 1) == doctest::Approx((1 - share) * static_cast<double>(profile.covariance(2, 0))));
  CHECK(shrunk(0, 0) ==
        doctest::Approx((1 - share) * static_cast<double>(profile.covariance(2, 2)) + share * spread));
  CHECK(shrunk == shrunk.transpose());
}
