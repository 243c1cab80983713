// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/detail/thrust_calibration.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/detail/thrust_host.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/screen/screening.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// Classes of several nodes, of unequal size; the last two share one.
const mll::class_evidence classes_of_some_nodes{
    {{0, 100}, {1, 156}}, {{2, 200}, {3, 40}, {4, 16}}, {{4, 56}, {5, 200}}};

mll::model_labels calibration_labels(std::uint64_t seed) {
  return mll::test::plant({30, 25, 40, 3, 61, 17}, mll::test::mixed_hub(6, 8, 6, 2), seed).labels();
}

template <class Backend, class Source>
auto shortlist_by_thrust(const Backend& backend, const Source& source, const mll::class_evidence& nodes,
                         const std::vector<std::vector<mll::screened_head>>& screened,
                         const mll::shortlist_options& options) {
  const auto pairs = mll::detail::pair_responses::read(backend, source, nodes, screened, options);
  mll::detail::thrust_calibration calibration{mll::exec::detail::thrust_host{backend}, pairs};
  return calibration.run(screened, options);
}

}  // namespace

TEST_CASE_TEMPLATE("calibration by Thrust gives the maps and order of the host", Backend, MLL_TEST_BACKENDS) {
  std::size_t compared = 0;
  for (const std::uint64_t seed : {11U, 12U, 13U}) {
    const auto labels = calibration_labels(seed);
    const mll::label_source source{labels};
    for (const std::size_t screened_heads : {1U, 1000U}) {
      const auto screened = mll::screen(mll::exec::sequential{}, mll::node_statistics{labels},
                                        classes_of_some_nodes, screened_heads);
      // All samples; and limits low enough to subsample classes, differently for positives and negatives.
      for (const mll::shortlist_options& options :
           {mll::shortlist_options{.max_heads = 12},
            {.max_heads = 1000, .own_samples = 40, .all_samples = 60}}) {
        const auto expected =
            mll::shortlist(mll::exec::sequential{}, source, classes_of_some_nodes, screened, options);
        const auto found = shortlist_by_thrust(Backend{}, source, classes_of_some_nodes, screened, options);
        REQUIRE(found.size() == expected.size());
        for (std::size_t y = 0; y < found.size(); ++y) {
          REQUIRE(found[y].size() == expected[y].size());
          for (std::size_t i = 0; i < found[y].size(); ++i) {
            CHECK(found[y][i].position == expected[y][i].position);
            CHECK(std::abs(found[y][i].fit.slope - expected[y][i].fit.slope) < 1e-3F);
            CHECK(std::abs(found[y][i].fit.intercept - expected[y][i].fit.intercept) < 1e-3F);
            CHECK(std::abs(found[y][i].fit.loss - expected[y][i].fit.loss) < 1e-5F);
            ++compared;
          }
        }
      }
    }
  }
  MESSAGE(compared << " calibrations");
}

TEST_CASE_TEMPLATE("calibration by Thrust is bitwise the same on every policy", Backend, MLL_TEST_BACKENDS) {
  const auto labels = calibration_labels(15);
  const mll::label_source source{labels};
  const auto screened =
      mll::screen(mll::exec::sequential{}, mll::node_statistics{labels}, classes_of_some_nodes, 1000);
  const auto found = shortlist_by_thrust(Backend{}, source, classes_of_some_nodes, screened, {});
  const auto expected =
      shortlist_by_thrust(mll::exec::sequential{}, source, classes_of_some_nodes, screened, {});
  CHECK(found == expected);
  for (std::size_t y = 0; y < found.size(); ++y) {
    for (std::size_t i = 0; i < found[y].size(); ++i) CHECK(found[y][i].fit.loss == expected[y][i].fit.loss);
  }
}

TEST_CASE("calibration by Thrust handles a class without positive slopes and classes without heads") {
  // One head that responds to everything but its class.
  mll::matrix<float> responses(40, 1);
  for (Eigen::Index i = 0; i < 40; ++i) responses(i, 0) = i < 20 ? 0.001F : 0.999F;
  const auto planted = mll::test::task_of_responses({20, 20}, {responses});
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const mll::class_evidence nodes{{{0, 256}}, {{1, 256}}};
  const auto lists = shortlist_by_thrust(mll::exec::sequential{}, source, nodes, {{{0, 0.5F}}, {}}, {});
  REQUIRE(lists[0].size() == 1);
  CHECK(lists[0][0].fit.slope == 1e-3F);
  CHECK(lists[1].empty());
  CHECK(shortlist_by_thrust(mll::exec::sequential{}, source, nodes, {{}, {}}, {}) ==
        std::vector<std::vector<mll::shortlisted_head>>(2));
}
