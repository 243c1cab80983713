// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/calibrate/detail/device_calibration.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/screen/screening.hpp"
#include "support/backends.hpp"
#include "support/host_grid.hpp"
#include "support/planted_labels.hpp"

namespace {

// Classes of several nodes, of unequal size; the last two share one.
const std::vector<std::size_t> node_sizes{30, 25, 40, 3, 61, 17};
const mll::class_evidence three_classes{
    {{0, 100}, {1, 156}}, {{2, 200}, {3, 40}, {4, 16}}, {{4, 56}, {5, 200}}};

template <class Backend, bool Backwards = true, class Source>
auto on_grid(const Source& source, const mll::class_evidence& nodes,
             const std::vector<std::vector<mll::screened_head>>& screened,
             const mll::shortlist_options& options) {
  const auto pairs = mll::detail::pair_responses::read(Backend{}, source, nodes, screened, options);
  mll::detail::device_calibration calibration{mll::test::host_grid<Backend, Backwards>{}, pairs};
  return calibration.run(screened, options);
}

}  // namespace

TEST_CASE_TEMPLATE("device calibration gives the maps and order of the host", Backend, MLL_TEST_BACKENDS) {
  std::size_t compared = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto planted = mll::test::plant(node_sizes, mll::test::mixed_hub(6, 8, 6, 2), seed);
    const auto labels = planted.labels();
    const mll::label_source source{labels};
    const auto screened =
        mll::screen(mll::exec::sequential{}, mll::node_statistics{labels}, three_classes, 1000);
    // All samples; and limits low enough to subsample classes, differently for positives and negatives.
    for (const mll::shortlist_options& options :
         {mll::shortlist_options{.max_heads = 12},
          {.max_heads = 1000, .own_samples = 40, .all_samples = 60}}) {
      const auto expected = mll::shortlist(mll::exec::sequential{}, source, three_classes, screened, options);
      const auto found = on_grid<Backend>(source, three_classes, screened, options);
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
  MESSAGE(compared << " calibrations");
}

TEST_CASE_TEMPLATE("device calibration does not depend on the order of counting", Backend,
                   MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant(node_sizes, mll::test::mixed_hub(6, 8, 6, 5), 5);
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const auto screened =
      mll::screen(mll::exec::sequential{}, mll::node_statistics{labels}, three_classes, 1000);
  CHECK(on_grid<Backend>(source, three_classes, screened, {}) ==
        on_grid<mll::exec::sequential>(source, three_classes, screened, {}));
  CHECK(on_grid<Backend>(source, three_classes, screened, {}) ==
        on_grid<mll::exec::sequential, false>(source, three_classes, screened, {}));
}

TEST_CASE("device calibration handles a class without positive slopes and a class without heads") {
  // One head that responds to everything but its class.
  mll::matrix<float> responses(40, 1);
  for (Eigen::Index i = 0; i < 40; ++i) responses(i, 0) = i < 20 ? 0.001F : 0.999F;
  const auto planted = mll::test::task_of_responses({20, 20}, {responses});
  const auto labels = planted.labels();
  const mll::label_source source{labels};
  const std::vector<std::vector<mll::screened_head>> screened{{{0, 0.5F}}, {}};
  const auto lists = on_grid<mll::exec::sequential>(source, {{{0, 256}}, {{1, 256}}}, screened, {});
  REQUIRE(lists[0].size() == 1);
  CHECK(lists[0][0].fit.slope == 1e-3F);
  CHECK(lists[1].empty());
}
