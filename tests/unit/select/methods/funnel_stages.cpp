// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/methods/funnel_stages.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "../../../../benchmarks/support/cached_source.hpp"
#include "../../../../benchmarks/support/wide_hub.hpp"
#include "../../../../benchmarks/support/wide_match.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/combine/detail/device_search.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/screen/sparse_screening.hpp"
#include "mll/select/select.hpp"
#include "support/host_grid.hpp"
#include "support/planted_labels.hpp"

namespace {

// The kernels of a device, on the host.
class emulated_stages final : public mll::funnel_stages {
 public:
  explicit emulated_stages(const mll::sparse_node_statistics& statistics) : statistics_{&statistics} {}

  std::size_t node_count() const override { return statistics_->node_count(); }
  std::size_t head_count() const override { return statistics_->head_count(); }
  std::vector<std::vector<mll::screened_head>> screen(const mll::class_evidence& nodes,
                                                      std::size_t max_heads) const override {
    ++calls;
    return mll::screen(mll::exec::sequential{}, *statistics_, nodes, max_heads);
  }
  std::vector<std::vector<mll::shortlisted_head>> shortlist(
      mll::exec::backend_ref backend, const mll::task_evidence& evidence, const mll::detail::sample_plan& own,
      const mll::detail::sample_plan& all, const std::vector<std::vector<mll::screened_head>>& screened,
      const mll::shortlist_options& options) const override {
    const auto pairs = mll::detail::pair_responses::read_planned(backend, evidence, own, all, screened);
    return mll::detail::device_calibration{grid_, pairs}.run(screened, options);
  }
  std::vector<std::vector<mll::head_pick>> search(const mll::greedy_search& search,
                                                  const mll::head_pool& pool) const override {
    return mll::detail::device_search{
        grid_, pool, {search.min_gain, search.max_swaps_per_class, search.bound_inflation}}
        .run();
  }

  mutable std::size_t calls = 0;

 private:
  const mll::sparse_node_statistics* statistics_;
  mll::test::host_grid<mll::exec::sequential> grid_;
};

}  // namespace

TEST_CASE("select with the stages of a device chooses what it chooses on the host") {
  const mll::exec::sequential backend;
  mll::benchmark::wide_size size{"tiny", 60, 300, 6};
  const mll::benchmark::wide_hub hub{size, 3};
  const mll::sparse_node_statistics sparse{size.nodes, hub.excesses()};
  const mll::benchmark::cached_source source{hub, sparse};
  const auto match = mll::benchmark::match_of(hub, hub.task(1));
  const emulated_stages stages{sparse};

  mll::select_options<> options;
  options.folds = 3;
  options.method.screened = 16;
  const mll::selection expected = mll::select(backend, source, match, options);
  options.method.stages = &stages;
  const mll::selection found = mll::select(backend, source, match, options);
  CHECK(stages.calls == 1);  // the folds leave samples out, which the statistics of the stages know
  CHECK(found.ensemble.heads == expected.ensemble.heads);
  REQUIRE(found.reasons.size() == expected.reasons.size());
  for (std::size_t i = 0; i < found.reasons.size(); ++i) {
    CHECK(found.reasons[i].head == expected.reasons[i].head);
    CHECK(found.reasons[i].gain == doctest::Approx(expected.reasons[i].gain).epsilon(1e-3));
  }
  CHECK(found.ensemble.temperature == doctest::Approx(expected.ensemble.temperature).epsilon(1e-3));
  REQUIRE(found.estimate.has_value());
  CHECK(found.estimate->accuracy == doctest::Approx(expected.estimate->accuracy).epsilon(0.02));
}

TEST_CASE("stages of another hub are refused") {
  const auto planted = mll::test::plant({15, 15, 15}, mll::test::mixed_hub(3, 4, 4, 1), 131);
  const auto labels = planted.labels();
  const mll::sparse_node_statistics other{9, std::vector<std::vector<mll::node_excess>>(5)};
  const emulated_stages stages{other};
  mll::select_options<> options;
  options.method.stages = &stages;
  std::string said;
  try {
    static_cast<void>(mll::select(mll::exec::sequential{}, labels, planted.match, options));
  } catch (const mll::invalid_argument& error) {
    said = error.what();
  }
  CHECK(said.find("stages: expected the hub of the evidence, with ") == 0);
  CHECK(said.find("found 5 heads and 9 nodes") != std::string::npos);
}
