// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/uniform_average.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

TEST_CASE_TEMPLATE("uniform_average lets every head vote for the class that it responds to most", Backend,
                   MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({6, 3, 8}, mll::test::mixed_hub(3, 4, 3, 1), 131);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto fitted = mll::uniform_average{}(Backend{}, evidence);
  CHECK(fitted.scale == mll::vote_scale::probability);
  CHECK(fitted.heads.size() == 21);

  std::vector<std::vector<mll::head_id>> expected(3);
  for (const mll::head_id head : evidence.heads()) {
    std::vector<double> mean(3, 0);
    for (std::size_t r = 0; r < planted.truth.size(); ++r) {
      mean[planted.truth[r]] += static_cast<double>(planted.responses[head.model.index()](
                                    static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(head.index))) /
                                static_cast<double>(planted.counts[planted.truth[r]]);
    }
    expected[static_cast<std::size_t>(std::max_element(mean.begin(), mean.end()) - mean.begin())].push_back(
        head);
  }
  for (std::size_t y = 0; y < 3; ++y) {
    std::vector<mll::head_id> found;
    for (const auto& v : fitted.votes[y]) {
      found.push_back(fitted.heads[v.head]);
      CHECK(v.weight == doctest::Approx(1.0 / static_cast<double>(expected[y].size())));
    }
    CHECK(found == expected[y]);
  }
}

TEST_CASE("a class without votes gets the head that is best for it") {
  mll::matrix<float> responses(6, 3);
  responses << 0.9F, 0.7F, 0.5F,  //
      0.9F, 0.7F, 0.5F,           //
      0.5F, 0.1F, 0.5F,           //
      0.5F, 0.1F, 0.5F,           //
      0.1F, 0.6F, 0.5F,           //
      0.1F, 0.6F, 0.5F;
  const auto planted = mll::test::task_of_responses({2, 2, 2}, {responses});
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto fitted = mll::uniform_average{}(mll::exec::sequential{}, evidence);
  const auto voters = [&](std::size_t y) {
    std::vector<std::uint32_t> out;
    for (const auto& v : fitted.votes[y]) out.push_back(fitted.heads[v.head].index);
    return out;
  };
  CHECK(voters(0) == std::vector<std::uint32_t>{0, 1});
  CHECK(voters(1) == std::vector<std::uint32_t>{2});  // constant, but better than the others for this class
  CHECK(voters(2) == std::vector<std::uint32_t>{1});
  CHECK(mll::uniform_average::name() == "uniform_average");
}
