// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/label.hpp"
#include "mll/label/label_options.hpp"
#include "mll/label/representation/representation.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/hub.hpp"
#include "mll/reuse/shift/distorted_labels.hpp"
#include "mll/reuse/shift/distorted_representation.hpp"
#include "mll/reuse/shift/distortion.hpp"

namespace mll {

namespace detail {

/// @param[in] embed `(distorted samples, layout) -> general_model_labels`
template <class Sample, representation R, class Embed>
void label_distorted(exec::backend_ref backend, distorted_labels& kept, const hub<Sample>& models,
                     const R& samples, const semantic_nodes& graph,
                     std::span<const distortion<Sample>> distortions, std::size_t per_node,
                     std::uint64_t seed, const label_options& options, const Embed& embed) {
  if (distortions.empty()) throw invalid_argument{"distortions", "at least 1", "none"};
  for (const distortion<Sample>& one : distortions) {
    const auto same = [&](const auto& other) { return other.name == one.name; };
    if (std::count_if(distortions.begin(), distortions.end(), same) > 1)
      throw invalid_argument{"distortions", "different names", "'" + one.name + "' twice"};
  }
  std::erase_if(kept.parts, [&](const distorted_labels::part& part) {
    return std::none_of(distortions.begin(), distortions.end(),
                        [&](const auto& one) { return one.name == part.distortion; });
  });
  for (const distortion<Sample>& one : distortions) {
    auto part = std::find_if(kept.parts.begin(), kept.parts.end(),
                             [&](const auto& each) { return each.distortion == one.name; });
    if (part == kept.parts.end()) part = kept.parts.insert(kept.parts.end(), {one.name, {}, {}});
    const distorted_representation<Sample, R> distorted{samples, one, per_node,
                                                        derive_seed(seed, stable_hash(one.name))};
    update_labels(backend, part->labels, models, distorted, graph, options);
    embed(distorted, *part);
  }
}

}  // namespace detail

/// Runs a hub over distorted representation samples, as `update_labels` does over undistorted ones: only what
/// is new runs, and after `cancelled` or another exception a later call continues.
///
/// @param[in]     backend     models run in parallel over it
/// @param[in,out] kept        result of an earlier call, or empty; distortions that are not given are dropped
/// @param[in]     models      the hub
/// @param[in]     samples     representation data
/// @param[in]     graph       the SDAG of the nodes
/// @param[in]     distortions at least one; a kept one is known by its name
/// @param[in]     per_node    distorted samples per node; at most half of those of the node are used
/// @param[in]     seed        of the distortions
/// @param[in]     options     as for labelling
///
/// Throws: as `update_labels`, and `invalid_argument` without distortions or if two have the same name.
/// Determinism: as `update_labels`.
template <class Sample, representation R>
void label_distorted(exec::backend_ref backend, distorted_labels& kept, const hub<Sample>& models,
                     const R& samples, const semantic_nodes& graph,
                     std::span<const distortion<Sample>> distortions, std::size_t per_node = 8,
                     std::uint64_t seed = 0, const label_options& options = {}) {
  detail::label_distorted(backend, kept, models, samples, graph, distortions, per_node, seed, options,
                          [](const auto&, distorted_labels::part& part) { part.general = {}; });
}

/// The same with the general model.
template <class Sample, general_model General, representation R>
void label_distorted(exec::backend_ref backend, distorted_labels& kept, const hub<Sample>& models,
                     const General& general, const R& samples, const semantic_nodes& graph,
                     std::span<const distortion<Sample>> distortions, std::size_t per_node = 8,
                     std::uint64_t seed = 0, const label_options& options = {}) {
  detail::label_distorted(backend, kept, models, samples, graph, distortions, per_node, seed, options,
                          [&](const auto& distorted, distorted_labels::part& part) {
                            const auto& layout = part.labels.samples();
                            if (part.general.samples == layout.fingerprint()) return;
                            part.general =
                                label_general_model(general, distorted, layout, options.batch_size);
                          });
}

}  // namespace mll
