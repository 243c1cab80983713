// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "support/device_oracles.hpp"

#include "../../benchmarks/support/thread_backend.hpp"
#include "mll/exec/detail/thrust_host.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/calibrate/detail/device_calibration.hpp"
#include "mll/select/calibrate/detail/pair_responses.hpp"
#include "mll/select/combine/detail/device_search.hpp"
#include "mll/select/combine/detail/thrust/thrust_search.hpp"
#include "mll/select/ensemble/detail/thrust_combination.hpp"
#include "mll/select/screen/detail/device_screening.hpp"
#include "mll/select/screen/detail/screen_blocks.hpp"
#include "mll/select/screen/sparse_screening.hpp"
#include "support/device_rows.hpp"
#include "support/host_grid.hpp"

namespace mll::test {

namespace {
const host_grid<exec::sequential> grid;
}  // namespace

std::vector<std::vector<screened_head>> screen_in_blocks(const node_statistics& statistics,
                                                         const class_evidence& sources, std::size_t keep) {
  const device_rows rows{statistics};
  return detail::device_screening{grid, rows.view(), sources, keep}.run();
}

std::vector<std::vector<screened_head>> screen_sparsely(const sparse_node_statistics& statistics,
                                                        const class_evidence& sources, std::size_t keep) {
  return screen(benchmark::thread_backend{}, statistics, sources, keep);
}

std::vector<std::vector<screened_head>> screen_densely(const node_statistics& statistics,
                                                       const class_evidence& sources, std::size_t keep) {
  return detail::screen_blocks(benchmark::thread_backend{}, sources.size(), statistics.head_count(), keep,
                               1 / (256 * node_statistics::one), detail::row_means{statistics, sources});
}

std::vector<std::vector<shortlisted_head>> shortlist_in_blocks(
    const benchmark::cached_source& source, const class_evidence& sources,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options) {
  const auto pairs = detail::pair_responses::read(exec::sequential{}, source, sources, screened, options);
  return detail::device_calibration{grid, pairs}.run(screened, options);
}

std::vector<std::vector<head_pick>> search_in_blocks(const head_pool& pool) {
  return detail::device_search{grid, pool, detail::lazy_greedy{}}.run();
}

std::vector<std::vector<head_pick>> search_by_thrust(const head_pool& pool) {
  return detail::thrust_search{exec::detail::thrust_host{exec::sequential{}}, pool}.run();
}

std::vector<float> combine_by_thrust(const detail::ensemble_parts& parts, std::span<const float> log_odds,
                                     std::span<const float> embeddings, std::size_t samples) {
  return detail::thrust_combination{exec::detail::thrust_host{exec::sequential{}}, parts}.run(
      log_odds, embeddings, samples, false);
}

}  // namespace mll::test
