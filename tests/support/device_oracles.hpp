// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The results of device stages whose blocks run on the host, for programs without Eigen and Boost. Other
// tests compare these with the host's own stages. Compiled by a plain C++ compiler.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "../../benchmarks/support/cached_source.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/label/statistics/sparse_node_statistics.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/ensemble/detail/ensemble_parts.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "mll/select/screen/detail/best_heads.hpp"

namespace mll::test {

/// The blocks of the device on the host.
std::vector<std::vector<screened_head>> screen_in_blocks(const node_statistics& statistics,
                                                         const class_evidence& sources, std::size_t keep);
/// The host's own stages, on all cores.
std::vector<std::vector<screened_head>> screen_densely(const node_statistics& statistics,
                                                       const class_evidence& sources, std::size_t keep);
std::vector<std::vector<screened_head>> screen_sparsely(const sparse_node_statistics& statistics,
                                                        const class_evidence& sources, std::size_t keep);
std::vector<std::vector<shortlisted_head>> shortlist_in_blocks(
    const benchmark::cached_source& source, const class_evidence& sources,
    const std::vector<std::vector<screened_head>>& screened, const shortlist_options& options);
std::vector<std::vector<head_pick>> search_in_blocks(const head_pool& pool);
/// The Thrust algorithms on the host.
std::vector<std::vector<head_pick>> search_by_thrust(const head_pool& pool);
std::vector<float> combine_by_thrust(const detail::ensemble_parts& parts, std::span<const float> log_odds,
                                     std::span<const float> embeddings, std::size_t samples);

}  // namespace mll::test
