// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/detail/profile_inputs.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/profile/profile.hpp"

namespace mll {

/// Result of `update_profile`.
struct profile_update {
  hub_profile profile;
  std::size_t kept = 0;     ///< models whose part is that of the earlier profile
  std::size_t made = 0;     ///< models whose part was computed
  std::size_t dropped = 0;  ///< models of the earlier profile that are no longer there, or have changed
  /// Whether the profile differs from the earlier one in more than names of models: in models, their order,
  /// the general model, or the form of the covariance.
  bool changed = true;
};

namespace detail {

/// `update_profile` of decoded responses.
MLL_DECLARE [[nodiscard]] profile_update update_responses(exec::backend_ref backend, hub_profile previous,
                                                          const sample_layout& samples, decoded_hub hub,
                                                          profile_options options);

}  // namespace detail

/// Brings the profile of a hub up to date: computes the parts of models that are new or have changed, and
/// takes those of all others over.
///
/// The result is what `profile` returns for the same arguments, to the bit where both profiles were computed
/// by the host's algebra, otherwise as near as the algebra (`device_algebra`) is to itself in another order
/// of columns. A model is known by its responses and the meanings of its heads, whatever its name, id or
/// place.
///
/// Nothing is taken over, and everything made anew, if the earlier profile is of another graph, information
/// content or samples, or from a file of a version that did not keep fingerprints. Embeddings of the general
/// model are compared, too: another general model costs its own columns. A covariance in
/// low-rank form (`profile_options::covariance_rank`) is made anew whenever something has changed.
///
/// @code
/// mll::hub_profile profile = mll::profile(backend, labels, graph);  // once
/// labels.erase(mll::model_id{3U});                                  // a model goes, others come
/// profile = mll::update_profile(backend, std::move(profile), labels, graph).profile;
/// @endcode
///
/// @param[in] backend  where to run
/// @param[in] previous an earlier profile; move it to save a copy where nothing has changed
/// @param[in] labels   labels of the hub, as it is now
/// @param[in] graph    the SDAG of the labels
/// @param[in] options  as for `profile`; without an algebra, that of the earlier profile is used. With its
///                     `content`, `.matching = {.content = previous.content.get()}`, none is computed
///
/// Throws: as `profile`, and `invalid_argument` if parts of the earlier profile do not fit together.
/// Complexity: O(rows heads new) for the covariance, where `new` counts the heads of new models (and, if the
/// general model is new, its dimensions), plus O(nodes (nodes + new)) similarities and O(rows heads) to read
/// the responses. Determinism: the same on every backend.
template <response_codec Codec>
[[nodiscard]] profile_update update_profile(exec::backend_ref backend, hub_profile previous,
                                            const basic_model_labels<Codec>& labels,
                                            const semantic_nodes& graph,
                                            const profile_options& options = {}) {
  detail::decoded_hub hub = detail::decode_hub(backend, labels, graph, options.matching, previous.content);
  return detail::update_responses(backend, std::move(previous), labels.samples(), std::move(hub), options);
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend update_profile(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

#if MLL_COMPILED
extern template profile_update update_profile(exec::backend_ref, hub_profile,
                                              const basic_model_labels<log_odds_8bit>&, const semantic_nodes&,
                                              const profile_options&);
#endif

}  // namespace mll

#if !MLL_COMPILED
#include "mll/profile/detail/update_profile.ipp"
#endif
